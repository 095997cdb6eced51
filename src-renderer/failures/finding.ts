/** What the person asked for, and finding the device for it. */
import * as m from '../paraglide/messages.js';
import type { Wording } from './explained.ts';
import {
  advice,
  chooseFirmware,
  chooseOther,
  enterMode,
  exportForSupport,
  goOn,
  otherCable,
  replug,
  support,
  tryAgain,
} from './remedies.ts';
import { sentence, sentences, traces } from './sentences.ts';

export const findingWords: Wording<
  | 'usage'
  | 'cancelled'
  | 'no-device'
  | 'several-devices'
  | 'not-st-rom'
  | 'not-dfuse'
  | 'no-flash-layout'
  | 'occupied'
  | 'not-found'
  | 'not-allowed'
> = {
  usage: ({ problem }, { expert }) => ({
    title: m.failures_usage_title(),
    why: sentences(m.failures_usage_why(), expert ? sentence(problem) : undefined),
    now: [tryAgain(), exportForSupport()],
  }),
  cancelled: (_facts, circumstances) => ({
    title: m.failures_cancelled_title(),
    why: m.failures_cancelled_why(),
    now: [goOn(circumstances)],
  }),
  'no-device': ({ wanted }, { expert, platform }) => ({
    title: m.failures_no_device_title(),
    why: expert ? sentences(m.failures_no_device_expert(), traces(wanted)) : m.failures_no_device_why(),
    now: [
      enterMode(expert),
      otherCable(),
      ...(platform === 'win32' ? [advice(m.failures_cause_windows_driver_check())] : []),
      tryAgain(),
    ],
  }),
  'several-devices': ({ paths }, { expert }) => ({
    title: m.failures_several_devices_title(),
    why: sentences(m.failures_several_devices_why(), expert ? traces(...paths) : undefined),
    now: [chooseOther(m.failures_do_choose_again()), advice(m.failures_advice_only_one())],
  }),
  'not-st-rom': ({ what, evidence }, { expert }) => ({
    title: m.failures_not_st_rom_title(),
    why: expert
      ? sentences(m.failures_not_st_rom_expert(), sentence(what), ...evidence.map(sentence))
      : m.failures_not_st_rom_why(),
    now: [chooseOther(m.failures_do_choose_device()), support()],
  }),
  'not-dfuse': ({ what }, { expert }) => ({
    title: m.failures_not_dfuse_title(),
    why: expert ? sentences(m.failures_not_dfuse_expert(), sentence(what)) : m.failures_not_dfuse_why(),
    now: [enterMode(expert), tryAgain()],
  }),
  'no-flash-layout': ({ strings }, { expert }) => ({
    title: m.failures_no_flash_layout_title(),
    why: expert
      ? sentences(m.failures_no_flash_layout_expert(), traces(...strings.map((text) => text.trim())))
      : m.failures_no_flash_layout_why(),
    now: [...replug(), chooseOther(m.failures_do_choose_device()), support()],
  }),
  occupied: ({ path }, { expert }) => ({
    title: m.failures_occupied_title(),
    why: sentences(m.failures_occupied_why(), expert ? traces(path) : undefined),
    now: [advice(m.failures_advice_wait()), tryAgain()],
  }),
  'not-found': ({ what }, { expert }) => ({
    title: m.failures_not_found_title(),
    why: sentences(m.failures_not_found_why(), expert ? traces(what) : undefined),
    now: [chooseOther(m.failures_do_choose_again())],
  }),
  'not-allowed': ({ what }, { expert }) => ({
    title: m.failures_not_allowed_title(),
    why: sentences(m.failures_not_allowed_why(), expert ? sentence(what) : undefined),
    now: [chooseFirmware(), support()],
  }),
};

/** What goes wrong on this computer and in the program itself. */
import * as m from '../paraglide/messages.js';
import type { Wording } from './explained.ts';
import { advice, chooseOther, exportForSupport, goOn, support, tryAgain } from './remedies.ts';
import { sentence, sentences, traces } from './sentences.ts';

export const hostWords: Wording<
  'host-file' | 'replay-deviation' | 'replay-withheld' | 'bad-request' | 'host-gone' | 'internal'
> = {
  'host-file': ({ path, operation, detail }, { expert }) => ({
    title: m.failures_host_file_title(),
    why: expert
      ? sentences(m.failures_host_file_why(), sentence(detail), traces(operation, path))
      : m.failures_host_file_why(),
    now: [advice(m.failures_advice_disk()), tryAgain(), exportForSupport()],
  }),
  'replay-deviation': ({ line, expected, got }, { expert }) => ({
    title: m.failures_replay_title(),
    why: expert ? m.failures_replay_expert({ line, expected, got }) : m.failures_replay_why(),
    now: [advice(m.failures_advice_recording()), chooseOther(m.failures_do_choose_again())],
  }),
  'replay-withheld': ({ line, bytes }, { expert }) => ({
    title: m.failures_withheld_title(),
    why: expert ? m.failures_withheld_expert({ line, bytes }) : m.failures_withheld_why(),
    now: [advice(m.failures_advice_recording()), chooseOther(m.failures_do_choose_again())],
  }),
  'bad-request': ({ request, detail }, { expert }) => ({
    title: m.failures_bad_request_title(),
    why: expert
      ? sentences(m.failures_app_fault_why(), sentence(detail), traces(request))
      : m.failures_app_fault_why(),
    now: [advice(m.failures_advice_restart()), exportForSupport(), support()],
  }),
  'host-gone': ({ request }, circumstances) => ({
    title: m.failures_host_gone_title(),
    why: sentences(m.failures_host_gone_why(), circumstances.expert ? traces(request) : undefined),
    now: [advice(m.failures_advice_restart_continues()), goOn(circumstances), exportForSupport()],
  }),
  internal: ({ detail }, { expert }) => ({
    title: m.failures_internal_title(),
    why: sentences(m.failures_app_fault_why(), expert ? sentence(detail) : undefined),
    now: [tryAgain(), exportForSupport(), support()],
  }),
};

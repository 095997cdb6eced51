/** The cable, the hub, and a device that does not answer or goes away and comes back. */
import { hex } from '../../shared/address.ts';
import * as m from '../paraglide/messages.js';
import { elapsed } from '../parts/quantities.ts';
import type { Wording } from './explained.ts';
import { phaseClause } from './phases.ts';
import { advice, exportForSupport, goOn, otherCable, replug } from './remedies.ts';
import { sentences, traces } from './sentences.ts';

export const linkWords: Wording<
  'disconnected' | 'usb-transfer' | 'no-answer' | 'did-not-return' | 'wrong-device-returned'
> = {
  disconnected: ({ path, address }, circumstances) => ({
    title: m.failures_disconnected_title(),
    why: sentences(
      m.failures_disconnected_why({ clause: phaseClause(circumstances) }),
      circumstances.expert ? traces(path, address === undefined ? undefined : hex(address)) : undefined,
    ),
    now: [
      circumstances.condition === 'incomplete'
        ? advice(m.failures_advice_replug_continues())
        : advice(m.failures_advice_replug()),
      goOn(circumstances),
      otherCable(),
    ],
  }),
  'usb-transfer': ({ path, kind, request }, circumstances) => {
    const { expert } = circumstances;
    const clause = phaseClause(circumstances);
    const now = [goOn(circumstances), otherCable(), exportForSupport()];
    if (kind === 'stall') {
      return {
        title: m.failures_usb_stall_title(),
        why: expert
          ? sentences(m.failures_usb_stall_expert({ clause }), traces(path, request))
          : m.failures_usb_stall_why({ clause }),
        now,
      };
    }
    return {
      title: m.failures_usb_transfer_title(),
      why: expert
        ? sentences(m.failures_usb_transfer_expert({ clause }), traces(path, kind, request))
        : m.failures_usb_transfer_why({ clause }),
      now,
    };
  },
  'no-answer': ({ path, request }, circumstances) => {
    const clause = phaseClause(circumstances);
    return {
      title: m.failures_no_answer_title(),
      why: circumstances.expert
        ? sentences(m.failures_no_answer_expert({ clause }), traces(path, request))
        : m.failures_no_answer_why({ clause }),
      now: [...replug(), otherCable(), exportForSupport()],
    };
  },
  'did-not-return': ({ path, waited }, circumstances) => ({
    title: m.failures_did_not_return_title(),
    why: sentences(
      m.failures_did_not_return_why({ duration: elapsed(waited) }),
      circumstances.expert ? traces(path) : undefined,
    ),
    now: [...replug(), otherCable()],
  }),
  'wrong-device-returned': ({ path, expected, found }, circumstances) => ({
    title: m.failures_wrong_device_title(),
    why: sentences(
      m.failures_wrong_device_why(),
      circumstances.expert ? traces(path, `${expected} → ${found}`) : undefined,
    ),
    now: [advice(m.failures_advice_same_port()), goOn(circumstances)],
  }),
};

/** What the device, or the bootloader in it, does wrong or does not let anybody do. */
import { hex } from '../../shared/address.ts';
import * as m from '../paraglide/messages.js';
import { bytes, elapsed as timeSpan, size as sizeOf } from '../parts/quantities.ts';
import { explainConsent } from './consents.ts';
import { stateName, statusName } from './dfu-names.ts';
import type { Wording } from './explained.ts';
import {
  advice,
  enterMode,
  exportForSupport,
  goOn,
  otherCable,
  replug,
  support,
  tryAgain,
  unlock,
} from './remedies.ts';
import { sentence, sentences, traces } from './sentences.ts';

export const deviceWords: Wording<
  | 'read-protected'
  | 'command-rejected'
  | 'stuck-busy'
  | 'bad-state'
  | 'protocol-violation'
  | 'erase-failed'
  | 'program-failed'
  | 'verify-mismatch'
  | 'no-unused-sector'
  | 'sector-not-cleaned'
  | 'read-short'
  | 'consent-missing'
  | 'not-supported'
> = {
  'read-protected': ({ address }, { expert }) => ({
    title: m.failures_read_protected_title(),
    why: expert
      ? sentences(m.failures_read_protected_expert(), place(address))
      : m.failures_read_protected_why(),
    now: [unlock(), advice(m.failures_advice_keep_locked()), support()],
  }),
  'command-rejected': ({ command, address, status, state }, circumstances) => ({
    title: m.failures_command_rejected_title(),
    why: circumstances.expert
      ? sentences(m.failures_command_rejected_expert({ command, ...named(status, state) }), place(address))
      : m.failures_command_rejected_why(),
    now: [advice(m.failures_advice_replug()), goOn(circumstances), exportForSupport()],
  }),
  'stuck-busy': ({ address, state, elapsed }, circumstances) => ({
    title: m.failures_stuck_title(),
    why: circumstances.expert
      ? sentences(
          m.failures_stuck_expert({ duration: timeSpan(elapsed), state: stateName(state) }),
          place(address),
        )
      : m.failures_stuck_why(),
    now: [...replug(), exportForSupport()],
  }),
  'bad-state': ({ state, status, wanted }, circumstances) => ({
    title: m.failures_bad_state_title(),
    why: circumstances.expert
      ? m.failures_bad_state_expert({ wanted, ...named(status, state) })
      : m.failures_bad_state_why(),
    now: [...replug(), exportForSupport()],
  }),
  'protocol-violation': ({ what }, circumstances) => ({
    title: m.failures_nonsense_title(),
    why: circumstances.expert
      ? sentences(m.failures_nonsense_expert(), sentence(what))
      : m.failures_nonsense_why(),
    now: [goOn(circumstances), otherCable(), exportForSupport()],
  }),
  'erase-failed': ({ address, size, tries, firstNotErased }, circumstances) => ({
    title: m.failures_erase_title(),
    why: circumstances.expert
      ? m.failures_erase_expert({
          address: hex(address),
          size: sizeOf(size),
          tries,
          first: hex(firstNotErased),
        })
      : m.failures_erase_why(),
    now: [goOn(circumstances), samePlace(circumstances.expert), exportForSupport(), support()],
  }),
  'program-failed': ({ address, status, state }, circumstances) => ({
    title: m.failures_program_title(),
    why: circumstances.expert
      ? m.failures_program_expert({ address: hex(address), ...named(status, state) })
      : m.failures_program_why(),
    now: [goOn(circumstances), samePlace(circumstances.expert), exportForSupport(), support()],
  }),
  'verify-mismatch': ({ address, differing, tries }, circumstances) => ({
    title: m.failures_mismatch_title(),
    why: circumstances.expert
      ? m.failures_mismatch_expert({ address: hex(address), bytes: bytes(differing), tries })
      : m.failures_mismatch_why(),
    now: [
      advice(m.failures_advice_other_cable()),
      goOn(circumstances),
      samePlace(circumstances.expert),
      exportForSupport(),
    ],
  }),
  'no-unused-sector': () => ({
    title: m.failures_no_unused_title(),
    why: m.failures_no_unused_why(),
    now: [advice(m.failures_no_unused_do())],
  }),
  'sector-not-cleaned': ({ address, size }, { expert }) => ({
    title: m.failures_not_cleaned_title(),
    why: expert
      ? m.failures_not_cleaned_expert({ address: hex(address), bytes: bytes(size) })
      : m.failures_not_cleaned_why(),
    now: [...replug(), exportForSupport()],
  }),
  'read-short': ({ address, wanted, got }, circumstances) => ({
    title: m.failures_short_title(),
    why: circumstances.expert
      ? m.failures_short_expert({
          address: hex(address),
          got: bytes(got),
          wanted: bytes(wanted),
        })
      : m.failures_short_why(),
    now: [advice(m.failures_advice_replug()), goOn(circumstances), exportForSupport()],
  }),
  'consent-missing': ({ what }) => ({
    title: m.failures_consent_title(),
    why: explainConsent({ kind: what }).text,
    now: [tryAgain()],
  }),
  'not-supported': ({ what }, { phase, expert }) => {
    const said = expert ? sentence(what) : undefined;
    return phase === 'enter-bootloader'
      ? {
          title: m.failures_cannot_enter_title(),
          why: sentences(m.failures_cannot_enter_why(), said),
          now: [enterMode(expert), tryAgain()],
        }
      : {
          title: m.failures_not_supported_title(),
          why: sentences(m.failures_not_supported_why(), said),
          now: [support(), exportForSupport()],
        };
  },
};

function place(address: number | undefined): string | undefined {
  return address === undefined ? undefined : traces(hex(address));
}

function named(status: number, state: number) {
  return { status: statusName(status), state: stateName(state) };
}

function samePlace(expert: boolean) {
  return advice(expert ? m.failures_advice_same_place_expert() : m.failures_advice_same_place());
}

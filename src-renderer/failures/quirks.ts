/**
 * Known quirks of bootloaders, for the person whose device has one: what it does, and that it is taken care of. They
 * go by name; what has no words here is told as the engine's own sentence for engineers.
 */
import type { DeviceIdentity } from '../../shared/identity.ts';
import * as m from '../paraglide/messages.js';

export interface ExplainedQuirk {
  readonly title: string;
  /** Sentences. */
  readonly text: string;
}

interface Words {
  readonly title: () => string;
  readonly text: () => string;
}

const ERASE_UNKNOWN: Words = { title: m.failures_quirk_erase_title, text: m.failures_quirk_erase_unknown };
const ERASE_REFUSED: Words = { title: m.failures_quirk_erase_title, text: m.failures_quirk_erase_refused };
const PATIENCE: Words = { title: m.failures_quirk_patience_title, text: m.failures_quirk_patience_text };
const LAYOUT: Words = { title: m.failures_quirk_layout_title, text: m.failures_quirk_layout_text };
const WHOLE_ERASE: Words = {
  title: m.failures_quirk_whole_erase_title,
  text: m.failures_quirk_whole_erase_text,
};
const LEAVE: Words = { title: m.failures_quirk_leave_title, text: m.failures_quirk_leave_text };
const LOCKED: Words = { title: m.failures_quirk_locked_title, text: m.failures_quirk_locked_text };
const SUPPLY: Words = { title: m.failures_quirk_supply_title, text: m.failures_quirk_supply_text };

function peculiar(text: Words['text']): Words {
  return { title: m.failures_quirk_other_title, text };
}

/** Names are those of the rows in `src-main/stm32/quirks/`. */
export const QUIRK_WORDS: ReadonlyMap<string, Words> = new Map([
  [
    'h7-bank2-erase-busy-for-ever',
    { title: m.failures_quirk_erase_title, text: m.failures_quirk_erase_busy },
  ],
  [
    'h7-bank2-erase-ends-too-early',
    { title: m.failures_quirk_erase_title, text: m.failures_quirk_erase_early },
  ],
  ['h7-unknown-loader-bank2-erase-may-stay-busy', ERASE_UNKNOWN],
  ['h7-unknown-loader-bank2-erase-may-end-too-early', ERASE_UNKNOWN],
  ['f42-db1m-bank2-erase-not-functional', ERASE_REFUSED],
  ['f76-2mb-dual-bank-erases-other-sector', ERASE_REFUSED],
  ['f76-1mb-dual-bank-erases-other-sector', ERASE_REFUSED],
  ['l0-l4-erase-poll-time-too-short', PATIENCE],
  ['l1-erase-poll-time-too-short', PATIENCE],
  ['f105-poll-times-wrong', PATIENCE],
  ['f405-mass-erase-poll-time-too-short', PATIENCE],
  [
    'g4-transfer-size-1024',
    { title: m.failures_quirk_small_steps_title, text: m.failures_quirk_small_steps_text },
  ],
  ['h7a3-layout-string-wrong', LAYOUT],
  ['h72-layout-string-wrong', LAYOUT],
  ['h7-never-mass-erase', WHOLE_ERASE],
  ['l49-bank-erase-aborted', WHOLE_ERASE],
  ['g0b-multi-sector-erase-in-bank2-fails', WHOLE_ERASE],
  ['h7-leave-unreliable', LEAVE],
  ['h56-leave-locks-up', LEAVE],
  ['f0-f3-needs-hub', { title: m.failures_quirk_hub_title, text: m.failures_quirk_hub_text }],
  [
    'f3-f4-first-contact-in-error',
    { title: m.failures_quirk_first_contact_title, text: m.failures_quirk_first_contact_text },
  ],
  ['h7-needs-extra-reset', { title: m.failures_quirk_reset_title, text: m.failures_quirk_reset_text }],
  ['h7a3-rdp1-crash-loop', LOCKED],
  ['h72-rdp1-crash-loop', LOCKED],
  ['u5-rdp1-drops-writes', LOCKED],
  ['h7-no-usb-at-1v8', SUPPLY],
  ['l4-no-usb-in-voltage-range-2', SUPPLY],
  ['u5-high-speed-needs-crystal', SUPPLY],
  ['f405-v3-option-bytes-look-erasable', peculiar(m.failures_quirk_f4_options)],
  ['f4-leave-stops-ccm-clock', peculiar(m.failures_quirk_f4_ccm)],
  ['g43-ccm-and-engineering-bytes', peculiar(m.failures_quirk_g43_ccm)],
  ['g47-cannot-start-bank2', peculiar(m.failures_quirk_g47_bank2)],
  ['g0b1-leave-disables-debug-port', peculiar(m.failures_quirk_g0b1_debug)],
  ['g0b1-may-clear-empty-check', peculiar(m.failures_quirk_g0b1_empty)],
  ['h56-1mb-eeprom-erase', peculiar(m.failures_quirk_h56_data)],
  ['h56-trustzone-hdpl3-crash', peculiar(m.failures_quirk_h56_trustzone)],
  ['c5-clrstatus-only-in-error', peculiar(m.failures_quirk_c5_clear)],
  ['c5-functional-descriptor-not-alone', peculiar(m.failures_quirk_c5_descriptor)],
  ['h7-pb15-low-usb-only', peculiar(m.failures_quirk_h7_pb15)],
  ['h7-pwr-cr3-locks', peculiar(m.failures_quirk_h7_supply_lock)],
  ['h7-stack-below-ram-end', peculiar(m.failures_quirk_h7_stack)],
  ['h7-sram123-not-accessible', peculiar(m.failures_quirk_h7_ram)],
  ['h7-cm4-boot-address-not-programmable', peculiar(m.failures_quirk_h7_cm4)],
  ['l43-usb-clock-not-trimmed', { title: m.failures_quirk_patience_title, text: m.failures_quirk_l43_clock }],
  [
    'l4-odd-blocks-corrupted',
    { title: m.failures_quirk_small_steps_title, text: m.failures_quirk_l4_blocks },
  ],
  ['u575-rdp-with-secure-option-bytes', peculiar(m.failures_quirk_u575_secure)],
]);

type Quirk = Pick<DeviceIdentity['quirks'][number], 'name' | 'what'>;

export function explainQuirk({ name, what }: Quirk): ExplainedQuirk {
  const words = QUIRK_WORDS.get(name);
  return words
    ? { title: words.title(), text: words.text() }
    : { title: m.failures_quirk_other_title(), text: what };
}

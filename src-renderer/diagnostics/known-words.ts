/**
 * How something is known, and why something is not, in the person's language. The engine says it in English for
 * engineers; what has no words here is told as the engine said it.
 */
import * as m from '../paraglide/messages.js';

/** Text, and whether it is the engine's own English. */
export interface Told {
  readonly text: string;
  readonly english: boolean;
}

type Rule = readonly [pattern: RegExp, words: (found: string) => string];

/** Sentences of `src-main/devices/identify.ts` and `registers.ts`; what is in brackets is handed to the words. */
const RULES: readonly Rule[] = [
  [/^the USB serial number of this loader is DBGMCU_IDCODE$/, () => m.diagnostics_know_idcode_serial()],
  [/^read at (0x[0-9A-F]{8})$/, (address) => m.diagnostics_know_read_at({ address })],
  [/^GET COMMANDS$/, () => m.diagnostics_know_commands()],
  [/^flash can be read$/, () => m.diagnostics_know_readable()],
  [/^the loader answers errVENDOR when flash is read$/, () => m.diagnostics_know_protected()],
  [/^the USB serial number of this loader does not tell it$/, () => m.diagnostics_why_serial()],
  [/^not readable over USB on this chip$/, () => m.diagnostics_why_not_readable()],
  [/^nobody has published where this chip keeps it$/, () => m.diagnostics_why_not_published()],
  [/^the chip is read-protected$/, () => m.diagnostics_why_protected()],
  [/^the chip could not be told$/, () => m.diagnostics_why_chip_unknown()],
  [/^the loader refused to /, () => m.diagnostics_why_refused()],
  [/^what was read at 0x[0-9A-F]{8} means nothing$/, () => m.diagnostics_why_nonsense()],
  [/^several families show themselves alike$/, () => m.diagnostics_why_alike()],
  [/^no known family shows itself like this$/, () => m.diagnostics_why_no_family()],
  [/^this is not an ST bootloader$/, () => m.diagnostics_why_not_st()],
  [/^revision code (0x[0-9a-f]+) is not published$/, (code) => m.diagnostics_why_revision({ code })],
];

export function told(engine: string): Told {
  for (const [pattern, words] of RULES) {
    const found = pattern.exec(engine);
    if (found) return { text: words(found[1] ?? ''), english: false };
  }
  return { text: engine, english: true };
}

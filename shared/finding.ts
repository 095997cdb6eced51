/**
 * What was found out about a device, and what it means for an update. Told for engineers in English; the screens have
 * words of their own for each `id`.
 */
import { z } from 'zod';

export const severity = z.enum([
  /** An update cannot be carried out as long as it is like this. */
  'prevents',
  /** An update works, and takes longer for it. */
  'slows',
  /** A defect that Stepwise knows how to go round. */
  'handled',
  /** Worth knowing; there is nothing to do about it. */
  'note',
]);
export type Severity = z.infer<typeof severity>;

export const finding = z
  .object({
    /** Stable: the name of the quirk, or of what else was found. */
    id: z.string(),
    severity,
    /** What it rests on, as the device told it: `{ stepping: 'V', bootloader: '0x90' }`. */
    facts: z.record(z.string(), z.string()).readonly(),
    /** What is so, in sentences: `Revision V with bootloader 0x90: after an erase in the second bank …`. */
    what: z.string(),
    /** What that means for an update, in sentences. */
    meaning: z.string(),
    /** Name of the known defect it comes from, where it comes from one. */
    quirk: z.string().optional(),
    /** Where it is written, or from what it was seen. */
    source: z.string(),
  })
  .readonly();
export type Finding = z.infer<typeof finding>;

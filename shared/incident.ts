/** Something that happened to the program itself, and not to a device: nothing of the kind stays unsaid. */
import { z } from 'zod';

export const incidentKind = z.enum([
  /** A run before this one did not end in order: it crashed, was killed, or the power went. */
  'unclean-end',
  /** What happens is not kept on disk any more: it is full, or may not be written to. */
  'log-lost',
  /** The program made a mistake and went on. */
  'exception',
  /** The clock of this computer was set, or stood still while it slept. */
  'clock-jump',
  /** The computer slept while a device was being written. */
  'slept',
]);
export type IncidentKind = z.infer<typeof incidentKind>;

export const incident = z
  .object({
    id: z.int(),
    /** ISO 8601. */
    time: z.string(),
    kind: incidentKind,
    /** For the engineer, in English. */
    detail: z.string(),
  })
  .readonly();
export type Incident = z.infer<typeof incident>;

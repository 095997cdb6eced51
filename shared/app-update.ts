/** How things stand with a newer version of this application itself. */
import { z } from 'zod';
import { failure } from './failure.ts';
import { localText } from './locale.ts';

/** A newer version, as its maker describes it. */
const newer = z
  .object({
    version: z.string(),
    /** ISO 8601. */
    released: z.string(),
    notes: localText,
    /** Of the file. */
    bytes: z.int(),
  })
  .readonly();
export type NewerApp = z.infer<typeof newer>;

export const appUpdateStage = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('none'),
    /** It runs in a browser; it was not installed from a package; the product has no repository. */
    why: z.enum(['browser', 'not-installed', 'no-repository']),
  }),
  /** There is nothing newer, as far as is known. */
  z.object({ kind: z.literal('current') }),
  /** It is fetched as soon as no device is being worked on. */
  z.object({ kind: z.literal('waiting'), newer }),
  /** Bytes. */
  z.object({ kind: z.literal('downloading'), newer, received: z.int(), total: z.int() }),
  /** It is here and verified. `atQuit`: the person agreed that it is installed when the program ends. */
  z.object({ kind: z.literal('ready'), newer, atQuit: z.boolean() }),
  /** The program is about to end for it. */
  z.object({ kind: z.literal('installing'), newer }),
  z.object({ kind: z.literal('failed'), newer, failure }),
]);
export type AppUpdateStage = z.infer<typeof appUpdateStage>;

export const appUpdate = z
  .object({
    stage: appUpdateStage,
    /** The repository asks for this version at least before devices are updated, and this one is older. */
    required: z.string().optional(),
  })
  .readonly();
export type AppUpdateState = z.infer<typeof appUpdate>;

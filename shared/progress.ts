/**
 * What an update tells while it runs. One stream of plain values, for a terminal, a screen, a log or a test; at most
 * about twenty `progress` events a second, every other event as it happens.
 */
import { z } from 'zod';
import { phase } from './failure.ts';

/** What is known of one sector, as the sector map draws it. */
export const sectorState = z.enum([
  'untouched',
  'unchanged',
  'erasing',
  'erased',
  'writing',
  'written',
  'verified',
  'failed',
]);
export type SectorState = z.infer<typeof sectorState>;

/** What the job cannot do itself and waits for. */
export const need = z
  .object({
    kind: z.literal('replug'),
    /** Port path at which the device is expected. */
    path: z.string(),
    /** Milliseconds it will be waited for. */
    patience: z.number(),
  })
  .readonly();
export type Need = z.infer<typeof need>;

/** One step of the recovery ladder, gentlest first. */
export const recoveryRung = z.enum(['clear', 're-open', 'usb-reset', 'replug']);
export type RecoveryRung = z.infer<typeof recoveryRung>;

export const progressEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('phase'), phase }).readonly(),
  z.object({ type: z.literal('sector'), address: z.int(), size: z.int(), state: sectorState }).readonly(),
  z
    .object({
      type: z.literal('progress'),
      phase,
      /** Where the work is. */
      address: z.int(),
      /** Bytes done and to do in this phase over the whole job. */
      done: z.number(),
      total: z.number(),
      /** Of the whole job by time, 0 … 1; never falls. */
      fraction: z.number().min(0).max(1),
      /** Measured bytes per second of this phase so far; 0 before anything was measured. */
      rate: z.number(),
      /** Milliseconds still to go, by the model as corrected by what was measured. */
      remaining: z.number(),
    })
    .readonly(),
  z.object({ type: z.literal('retry'), address: z.int(), attempt: z.int(), because: z.string() }).readonly(),
  z.object({ type: z.literal('recovery'), rung: recoveryRung, because: z.string() }).readonly(),
  z.object({ type: z.literal('needs'), need }).readonly(),
  z.object({ type: z.literal('needs-met') }).readonly(),
]);
export type ProgressEvent = z.infer<typeof progressEvent>;

export type ProgressListener = (event: ProgressEvent) => void;

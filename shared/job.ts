/**
 * One job on one device, as everybody sees it: a state and what led to it. Jobs live on the main side and outlive the
 * screen that started them.
 */
import { z } from 'zod';
import { failure, phase } from './failure.ts';
import { need, progressEvent, sectorState } from './progress.ts';

/** What was proven at the end. */
const outcome = z
  .object({
    /** Sectors that held the image already. */
    unchanged: z.int(),
    rewritten: z.int(),
    /** Bytes of the image that were read back equal: all of them. */
    proven: z.int(),
    /** Bytes beside the image that were written back. */
    preserved: z.int(),
    /** How often the recovery ladder was climbed. */
    recoveries: z.int(),
    /** Milliseconds. */
    elapsed: z.number(),
  })
  .readonly();

/** Whether the application came after a successful update. */
export const appearance = z.discriminatedUnion('kind', [
  /** The person has to unplug the device and plug it in again. */
  z.object({ kind: z.literal('replug') }).readonly(),
  z.object({ kind: z.literal('waiting') }).readonly(),
  z.object({ kind: z.literal('seen'), version: z.string().optional() }).readonly(),
  /** It did not show itself within the time it has. */
  z.object({ kind: z.literal('missing') }).readonly(),
  /** Nobody knows how the application of this product shows itself. */
  z.object({ kind: z.literal('not-told') }).readonly(),
]);
export type Appearance = z.infer<typeof appearance>;

const jobKind = z.enum(['update', 'unprotect']);

const jobState = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('running') }).readonly(),
  z.object({ kind: z.literal('waiting'), need }).readonly(),
  /** The person wants it to stop; it stops where nothing is left half done. */
  z.object({ kind: z.literal('cancelling') }).readonly(),
  z.object({ kind: z.literal('done'), outcome: outcome.optional(), application: appearance }).readonly(),
  z.object({ kind: z.literal('failed'), failure }).readonly(),
]);
export type JobState = z.infer<typeof jobState>;

const phaseRecord = z
  .object({
    phase,
    /** Milliseconds since the job began. */
    began: z.number(),
    ended: z.number().optional(),
    /** When it was entered last: phases take turns. */
    entered: z.number(),
    /** Milliseconds in it, without the turn that is going on. */
    spent: z.number(),
  })
  .readonly();

export const job = z
  .object({
    id: z.string(),
    kind: jobKind,
    path: z.string(),
    /** Device as people call it. */
    title: z.string(),
    /** Firmware as people call it. */
    name: z.string(),
    state: jobState,
    /** Phases so far, by when they began first. */
    phases: z.array(phaseRecord).readonly(),
    /** Of the whole job by time, 0 … 1; never falls. */
    fraction: z.number(),
    /** Bytes of the present phase. */
    done: z.number(),
    total: z.number(),
    /** Bytes per second; 0 before anything was measured. */
    rate: z.number(),
    /** Milliseconds still to go; absent before it can be said. */
    remaining: z.number().optional(),
    /** Where the work is. */
    address: z.int().optional(),
    sectors: z.array(z.object({ address: z.int(), size: z.int(), state: sectorState }).readonly()).readonly(),
    retries: z.int(),
    recoveries: z.int(),
  })
  .readonly();
export type Job = z.infer<typeof job>;

/** What a job tells; `at` is in milliseconds since it began. */
export const jobEvent = z.discriminatedUnion('type', [
  z.object({ type: z.literal('progress'), at: z.number(), event: progressEvent }).readonly(),
  z.object({ type: z.literal('cancelling'), at: z.number() }).readonly(),
  z
    .object({ type: z.literal('done'), at: z.number(), outcome: outcome.optional(), application: appearance })
    .readonly(),
  z.object({ type: z.literal('failed'), at: z.number(), failure }).readonly(),
  z.object({ type: z.literal('application'), at: z.number(), application: appearance }).readonly(),
]);
export type JobEvent = z.infer<typeof jobEvent>;

/** What is in a bundle, with hashes, and what is not, with the reason. */
import { createHash } from 'node:crypto';
import { z } from 'zod';

export const MANIFEST_FORMAT = 'stepwise-bundle-manifest';
export const MANIFEST_SCHEMA = 1;

export const leftOutReason = z.enum([
  /** The person did not want it in. */
  'unticked',
  /** The bundle would have become too large: the oldest goes first. */
  'too-large',
  /** A bundle is made within seconds, whatever there is to go into it. */
  'no-time',
  'did-not-answer',
  'unreadable',
  /** A link, which may lead anywhere. */
  'symlink',
  /** Firmware is its maker's. */
  'firmware',
  /** Nothing of it helps, and it says who somebody is. */
  'personal',
]);
export type LeftOutReason = z.infer<typeof leftOutReason>;

export const leftOut = z.object({
  /** An entry, a section of the report, or a place in the folder for state. */
  name: z.string(),
  why: leftOutReason,
  detail: z.string().optional(),
});
export type LeftOut = z.infer<typeof leftOut>;

export const manifest = z.looseObject({
  format: z.literal(MANIFEST_FORMAT),
  schema: z.int().min(1),
  made: z.string(),
  entries: z.array(
    z.object({ name: z.string(), size: z.int().min(0), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  ),
  leftOut: z.array(leftOut),
});
export type Manifest = z.infer<typeof manifest>;

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

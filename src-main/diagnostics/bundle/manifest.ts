/** What is in a bundle, with hashes, and what is not, with the reason. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { leftOut } from '../../../shared/bundle.ts';

export const MANIFEST_FORMAT = 'stepwise-bundle-manifest';
export const MANIFEST_SCHEMA = 1;

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

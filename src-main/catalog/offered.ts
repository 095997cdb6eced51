/**
 * The releases in verified targets metadata. Signed is not the same as sensible: a target with a name that is a way out
 * of a folder, without a SHA-256 or with a description of a kind this application does not know is left out, and the
 * others are not the worse for it.
 */
import type { TargetFile, Targets } from '@tufjs/models';
import { z } from 'zod';
import { appRelease, release } from '../../shared/release.ts';
import type { CatalogRelease } from './choose.ts';
import type { CatalogApplication } from './choose-application.ts';
import type { SignedFile } from './signed-file.ts';

/** Of a firmware file: no STM32 has so much flash, and an Intel HEX file is three times as long as its content. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Of an installer of the application: several times what one with Electron in it takes. */
const MOST_APP_BYTES = 1024 * 1024 * 1024;

/** Letters every file system and every URL takes as they are; no step upwards begins like this. */
const STEP = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;
/** With any extension (Microsoft: Naming Files, Paths, and Namespaces). */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const applicationLike = z.object({ kind: z.literal('application') });

/** What is offered: firmware for devices, and newer versions of this application. */
export interface Offered {
  readonly releases: readonly CatalogRelease[];
  readonly applications: readonly CatalogApplication[];
}

export const NOTHING_OFFERED: Offered = { releases: [], applications: [] };

/** @param leftOut told of each that is not taken, and why */
export function offeredIn(targets: Targets, leftOut: (target: string, why: string) => void): Offered {
  const releases: CatalogRelease[] = [];
  const applications: CatalogApplication[] = [];
  for (const target of Object.values(targets.targets)) {
    const why = applicationLike.safeParse(target.custom).success
      ? take(target, appRelease, MOST_APP_BYTES, applications)
      : take(target, release, MOST_BYTES, releases);
    if (why !== undefined) leftOut(target.path, why);
  }
  return { releases, applications };
}

/** @returns why it is not taken */
function take<R extends z.ZodType>(
  { path, hashes, length, custom }: TargetFile,
  description: R,
  mostBytes: number,
  taken: (SignedFile & { readonly release: z.output<R> })[],
): string | undefined {
  if (!isTargetPath(path)) return 'its path is not a product and a file name';
  const hash = sha256.safeParse(hashes['sha256']);
  if (!hash.success) return 'it has no SHA-256';
  const bytes = z.int().min(1).max(mostBytes).safeParse(length);
  if (!bytes.success) return `it has ${length} bytes`;
  const described = description.safeParse(custom);
  if (!described.success) return `its description is not one: ${z.prettifyError(described.error)}`;
  taken.push({ target: path, release: described.data, bytes: bytes.data, sha256: hash.data });
  return undefined;
}

function isTargetPath(path: string): boolean {
  const steps = path.split('/');
  return steps.length === 2 && steps.every((step) => STEP.test(step) && !WINDOWS_DEVICE.test(step));
}

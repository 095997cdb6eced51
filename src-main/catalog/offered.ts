/**
 * The releases in verified targets metadata. Signed is not the same as sensible: a target with a name that is a way out
 * of a folder, without a SHA-256 or with a description of a kind this application does not know is left out, and the
 * others are not the worse for it.
 */
import type { TargetFile, Targets } from '@tufjs/models';
import { z } from 'zod';
import { release } from '../../shared/release.ts';
import type { CatalogRelease } from './choose.ts';

/** Of a firmware file: no STM32 has so much flash, and an Intel HEX file is three times as long as its content. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Letters every file system and every URL takes as they are; no step upwards begins like this. */
const STEP = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;
/** With any extension (Microsoft: Naming Files, Paths, and Namespaces). */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const length = z.int().min(1).max(MOST_BYTES);

/** @param leftOut told of each that is not taken, and why */
export function releasesIn(
  targets: Targets,
  leftOut: (target: string, why: string) => void,
): readonly CatalogRelease[] {
  return Object.values(targets.targets).flatMap((target) => {
    const read = releaseOf(target);
    if (typeof read !== 'string') return [read];
    leftOut(target.path, read);
    return [];
  });
}

function releaseOf(target: TargetFile): CatalogRelease | string {
  if (!isTargetPath(target.path)) return 'its path is not a product and a file name';
  const hash = sha256.safeParse(target.hashes['sha256']);
  if (!hash.success) return 'it has no SHA-256';
  const bytes = length.safeParse(target.length);
  if (!bytes.success) return `it has ${target.length} bytes`;
  const described = release.safeParse(target.custom);
  if (!described.success) return `its description is not one: ${z.prettifyError(described.error)}`;
  return { target: target.path, release: described.data, bytes: bytes.data, sha256: hash.data };
}

function isTargetPath(path: string): boolean {
  const steps = path.split('/');
  return steps.length === 2 && steps.every((step) => STEP.test(step) && !WINDOWS_DEVICE.test(step));
}

/** Where its file lies below `targets/`: product, and the name with the hash in front (TUF specification §5.7.3). */
export function fileOf({ target, sha256: hash }: CatalogRelease): readonly [string, string] {
  const [product = '', name = ''] = target.split('/');
  return [product, `${hash}.${name}`];
}

/** A file as the maker's keys vouch for it: nothing else is ever taken for it. */
import { createHash } from 'node:crypto';

export interface SignedFile {
  /** Path of its TUF target, its name in the repository. */
  readonly target: string;
  /** Of the file. */
  readonly bytes: number;
  /** Of the file, in hexadecimal. */
  readonly sha256: string;
}

export function isWhatWasSigned(bytes: Uint8Array, { bytes: length, sha256 }: SignedFile): boolean {
  return bytes.length === length && createHash('sha256').update(bytes).digest('hex') === sha256;
}

/** Where it lies below `targets/`: its folder, and its name with the hash in front (TUF specification §5.7.3). */
export function fileOf({ target, sha256: hash }: SignedFile): readonly [string, string] {
  const [folder = '', name = ''] = target.split('/');
  return [folder, `${hash}.${name}`];
}

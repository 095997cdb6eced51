/** Entries become a zip. */
import { ZipFile } from 'yazl';
import type { Entry } from './draft.ts';

/** Bytes of a bundle as it is sent. */
export const LARGEST_BUNDLE = 20 * 1024 * 1024;

/** @param made ISO 8601; all entries bear this time */
export async function pack(entries: readonly Entry[], made: string): Promise<Uint8Array> {
  const zip = new ZipFile();
  const options = { mtime: new Date(made), mode: 0o100644, compressionLevel: 6 };
  for (const { name, bytes } of entries) zip.addBuffer(Buffer.from(bytes), name, options);
  zip.end();
  const pieces: Buffer[] = [];
  for await (const piece of zip.outputStream) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

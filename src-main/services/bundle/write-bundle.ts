import { open, rename, rm } from 'node:fs/promises';
import { StepwiseError } from '../../../shared/failure.ts';

/**
 * All of it or nothing: what was there before stays until all of it is on disk.
 * @throws host-file, which says plainly where the disk is full
 */
export async function writeBundle(path: string, bytes: Uint8Array): Promise<void> {
  const unfinished = `${path}.${process.pid}.part`;
  try {
    const file = await open(unfinished, 'wx');
    try {
      // A disk that fills up takes a part of what it is given, and refuses the rest: this gives it all.
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (cause) {
    await rm(unfinished, { force: true });
    throw new StepwiseError('host-file', { path, operation: 'write', detail: detailOf(cause) }, { cause });
  }
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'ENOSPC' ? 'the disk is full (ENOSPC)' : error.message;
}

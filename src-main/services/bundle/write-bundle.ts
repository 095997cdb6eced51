import writeFileAtomic from 'write-file-atomic';
import { StepwiseError } from '../../../shared/failure.ts';

/** All of it or nothing. @throws host-file, which says plainly where the disk is full */
export async function writeBundle(path: string, bytes: Uint8Array): Promise<void> {
  try {
    await writeFileAtomic(path, Buffer.from(bytes));
  } catch (cause) {
    throw new StepwiseError('host-file', { path, operation: 'write', detail: detailOf(cause) }, { cause });
  }
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'ENOSPC' ? 'the disk is full (ENOSPC)' : error.message;
}

/** Whether there is room for what must be remembered. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostCheck } from '../../../shared/host-check.ts';
import { advise, check } from './check.ts';

/** Makes the folder where there is none yet, and leaves nothing else behind. */
export async function folderCheck(path: string): Promise<HostCheck> {
  const probe = join(path, `.probe-${process.pid}`);
  try {
    await mkdir(path, { recursive: true });
    await writeFile(probe, '');
    // Another look at the same time may have taken it away already.
    await rm(probe, { force: true });
    return check('folder-keeps', { path });
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return check('folder-fails', { path, detail }, { remedies: advise('make-room') });
  }
}

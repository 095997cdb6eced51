/** A number of this installation, drawn once. It decides when its turn is in a staged roll-out, and is sent to nobody. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { diskFiles, replaceFile } from '../files/files.ts';

/** Never rejects: where it cannot be kept, it is another one the next time. */
export async function installationId(stateFolder: string): Promise<string> {
  const file = join(stateFolder, 'installation-id');
  const kept = z.uuid().safeParse(await readFile(file, 'utf8').catch(() => undefined));
  if (kept.success) return kept.data;
  const drawn = randomUUID();
  await replaceFile(diskFiles, file, drawn).catch(() => undefined);
  return drawn;
}

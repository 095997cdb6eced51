import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { filesUnder } from './files-under.ts';

/** In bytes, of app.asar and what lies unpacked beside it; Electron itself is around 270 MB. */
export const SIZE_BUDGET = 9_000_000;

/** @param resources the folder with app.asar @returns bytes */
export async function packageSize(resources: string): Promise<number> {
  const archive = join(resources, 'app.asar');
  const beside = await filesUnder(`${archive}.unpacked`);
  const files = [archive, ...beside.map((file) => join(`${archive}.unpacked`, file))];
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

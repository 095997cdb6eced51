import type { Dialog, Shell } from 'electron';
import { basename } from 'node:path';
import { diskFiles, replaceFile } from '../../files/files.ts';

/**
 * Asks where to, writes, and shows it in its folder.
 * @returns the name it has there, or undefined where the person changed their mind
 * @throws host-file
 */
export async function saveAs(
  { dialog, shell }: { readonly dialog: Dialog; readonly shell: Shell },
  name: string,
  bytes: Uint8Array,
): Promise<string | undefined> {
  const { filePath } = await dialog.showSaveDialog({ defaultPath: name });
  if (!filePath) return undefined;
  await replaceFile(diskFiles, filePath, bytes);
  shell.showItemInFolder(filePath);
  return basename(filePath);
}

/** The file of a device in usbfs, and which programs have it open, as far as /proc lets this account see them. */
import type { Computer } from '../computer.ts';
import type { Subject } from '../subject.ts';

/** `/dev/bus/usb/001/004`: bus and address, three digits each. */
export function deviceNode({ path, address }: Pick<Subject, 'path' | 'address'>): string {
  const three = (number: number) => String(number).padStart(3, '0');
  return `/dev/bus/usb/${three(Number(path.split('-')[0]))}/${three(address)}`;
}

/** @param self our own process, which is not another program; @returns names, each once */
export async function programsWith(
  { files }: Pick<Computer, 'files'>,
  node: string,
  self: number,
): Promise<readonly string[]> {
  const processes = ((await files.list('/proc')) ?? []).filter(
    (name) => /^\d+$/.test(name) && Number(name) !== self,
  );
  const holders = await Promise.all(
    processes.map(async (id) => ((await hasOpen(files, id, node)) ? [await nameOf(files, id)] : [])),
  );
  return [...new Set(holders.flat())].sort();
}

async function hasOpen(files: Computer['files'], id: string, node: string): Promise<boolean> {
  const folder = `/proc/${id}/fd`;
  // Of another account's process the folder cannot be listed.
  const open = (await files.list(folder)) ?? [];
  const targets = await Promise.all(open.map((descriptor) => files.link(`${folder}/${descriptor}`)));
  return targets.includes(node);
}

async function nameOf(files: Computer['files'], id: string): Promise<string> {
  return (await files.read(`/proc/${id}/comm`))?.trim() || `process ${id}`;
}

/**
 * Linux lets an account at a new kind of USB device only where a udev rule says so: ours, whether it is there, and how it
 * gets there. A rule that is there has an effect only on devices that were plugged in afterwards, and `uaccess` only for
 * whoever sits in front of the computer (systemd, 73-seat-late.rules); so what counts is whether the device opens.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { UsbId } from '../../../devices/bootloader-ids.ts';
import { isInArchive } from '../archive.ts';
import type { Computer, Files } from '../computer.ts';
import { digits } from '../subject.ts';

export const RULE = '70-stepwise.rules';
const FOLDER = '/etc/udev/rules.d';
/** Where udev takes rules from; of files of one name it reads the first one only (udev(7)). */
const RULE_FOLDERS = [
  FOLDER,
  '/run/udev/rules.d',
  '/usr/local/lib/udev/rules.d',
  '/usr/lib/udev/rules.d',
  '/lib/udev/rules.d',
];
/** What is tagged `uaccess` is handed out there; a tag in a later file has no effect. */
const HANDED_OUT = '73-seat-late.rules';

/** The rule as it ships. */
export interface Rule {
  readonly file: string;
  /** Absent where it could not be read. */
  readonly text: string | undefined;
}

/** @param resources the folder that came with the program */
export async function shippedRule(resources: string): Promise<Rule> {
  const file = join(resources, RULE);
  // The checks say what can be done without it.
  return { file, text: await readFile(file, 'utf8').catch(() => undefined) };
}

/** The first installed rule that lets in at this device, whoever made it: packages call ours after the product. */
export async function installedRule(files: Files, id: UsbId): Promise<string | undefined> {
  const seen = new Set<string>();
  for (const folder of RULE_FOLDERS) {
    for (const name of [...((await files.list(folder)) ?? [])].sort()) {
      const file = `${folder}/${name}`;
      const isRead = name.endsWith('.rules') && name < HANDED_OUT && !seen.has(name);
      seen.add(name);
      if (isRead && letsIn((await files.read(file)) ?? '', id)) return file;
    }
  }
  return undefined;
}

/** Whether a line of these rules gives this device to whoever sits there, be it by ATTR or, as others write it, by ATTRS. */
export function letsIn(rules: string, { vendorId, productId }: UsbId): boolean {
  const parts = [
    `{idVendor}=="${digits(vendorId).toLowerCase()}"`,
    `{idProduct}=="${digits(productId).toLowerCase()}"`,
    'TAG+="uaccess"',
  ];
  return effective(rules).some((line) => parts.every((part) => line.includes(part)));
}

// -- by hand -------------------------------------------------------------------------------------------------------------

/** For a shell, one after the other. @param file the rule as it ships */
export function udevCommands(file: string): readonly string[] {
  return [`sudo cp ${quoted(file)} ${FOLDER}/`, RELOAD];
}

const RELOAD = 'sudo udevadm control --reload && sudo udevadm trigger';

/** In a line. What lies in an archive, a sandbox or a mounted image is out of the administrator's reach: the rule itself is in it. */
export function ruleCommand(rule: Rule, { environment }: Pick<Computer, 'environment'>): string {
  const { file, text } = rule;
  const isShutIn = isInArchive(file) || SHUT_IN.some((name) => environment[name]);
  if (text === undefined || !isShutIn) return udevCommands(file).join(' && ');
  const lines = effective(text).map(quoted).join(' ');
  return `printf '%s\\n' ${lines} | sudo tee ${FOLDER}/${RULE} && ${RELOAD}`;
}

/** What Flatpak, Snap and AppImage tell the programs in them. */
const SHUT_IN = ['FLATPAK_ID', 'SNAP', 'APPIMAGE'];

/** This account may use this one device until it is unplugged. @param node `/dev/bus/usb/001/004` */
export function lendCommand(node: string): string {
  return `sudo chown "$(id -u)" ${node}`;
}

function effective(rules: string): string[] {
  return rules.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

/** Where a text has anything but plain characters in it. */
function quoted(text: string): string {
  return /^[\w./@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}

// -- by the program ------------------------------------------------------------------------------------------------------

/**
 * The rule goes through the standard input: what root writes is what this program holds, wherever it lies and whoever could
 * change it there. udev takes note of it by itself at the next device.
 */
export const INSTALL_RULE = ['install', '-D', '-m', '0644', '/dev/stdin', `${FOLDER}/${RULE}`] as const;

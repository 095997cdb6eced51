/**
 * The maker's own signed driver package in `resources/drivers/`: a file .inf that names the device, with its catalogue beside
 * it. Windows asks for an administrator's consent, checks the signature, and gives the driver to the devices it fits best.
 */
import { win32 } from 'node:path';
import type { Mended } from '../../../../shared/host-check.ts';
import { asOthersSeeIt } from '../archive.ts';
import type { Computer, Files } from '../computer.ts';
import { digits } from '../subject.ts';

const FOLDER = 'drivers';
/** Milliseconds a person may look at the question, and Windows at the driver. */
const PATIENCE_MS = 5 * 60_000;

export interface DriverPackage {
  /** `acme-flow.inf`. */
  readonly name: string;
  readonly file: string;
}

/** The first one, by name, that is for this device. @param resources the folder that came with the program */
export async function driverPackage(
  files: Files,
  resources: string,
  { vendorId, productId }: { readonly vendorId: number; readonly productId: number },
): Promise<DriverPackage | undefined> {
  const folder = win32.join(resources, FOLDER);
  const hardware = `USB\\VID_${digits(vendorId)}&PID_${digits(productId)}`;
  for (const name of [...((await files.list(folder)) ?? [])].sort()) {
    if (!name.toLowerCase().endsWith('.inf')) continue;
    const file = win32.join(folder, name);
    // Those of Windows' own tools are UTF-16: every other byte is nothing.
    const text = (await files.read(file))?.replaceAll('\0', '').toUpperCase();
    if (text?.includes(hardware)) return { name, file: asOthersSeeIt(file) };
  }
  return undefined;
}

/** `ERROR_CANCELLED`: the question was answered with no. */
const DECLINED = 1223;
/** The driver is there and fits no device better than what it has (`ERROR_NO_MORE_ITEMS`); Windows wants to restart. */
const DONE = [0, 259, 1641, 3010];

/** @returns undefined when Windows took it; whether it has an effect is for the device to show */
export async function installDriver(
  computer: Computer,
  { file }: DriverPackage,
): Promise<Exclude<Mended, { readonly outcome: 'usable' | 'replug' }> | undefined> {
  const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand', encoded(elevated(file))];
  const ran = await computer.run('powershell', args, { patience: PATIENCE_MS });
  if (ran.kind === 'absent') return { outcome: 'unavailable' };
  if (ran.kind === 'silent') return { outcome: 'cancelled' };
  if (DONE.includes(ran.code)) return undefined;
  if (ran.code === DECLINED) return { outcome: 'cancelled' };
  return { outcome: 'failed', detail: `pnputil ended with ${ran.code}` };
}

/**
 * Only the shell of Windows can ask for consent (`runas`), and PowerShell is the way to it that every Windows has. The script is
 * ours; the path is a literal in it, in which PowerShell takes nothing for its own but quotes.
 */
function elevated(file: string): string {
  return [
    '$start = New-Object System.Diagnostics.ProcessStartInfo',
    `$start.FileName = Join-Path $env:SystemRoot 'System32\\pnputil.exe'`,
    `$start.Arguments = '/add-driver "' + ${literal(file)} + '" /install'`,
    `$start.Verb = 'runas'`,
    '$start.UseShellExecute = $true',
    `$start.WindowStyle = 'Hidden'`,
    'try { $process = [System.Diagnostics.Process]::Start($start); $process.WaitForExit(); exit $process.ExitCode }',
    'catch [System.ComponentModel.Win32Exception] { exit $_.Exception.NativeErrorCode }',
  ].join('\n');
}

/** PowerShell takes typographic quotes for its own as well. */
function literal(text: string): string {
  return `'${text.replace(/['‘’‚‛]/g, (quote) => quote + quote)}'`;
}

function encoded(script: string): string {
  return Buffer.from(script, 'utf16le').toString('base64');
}

/** One update of one virtual device by one program, measured at the device's end of the cable. */
import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { thisComputer } from '../../src-main/diagnostics/host/this-computer.ts';
import { nodeNetwork } from '../../src-main/hosts/network.ts';
import { main } from '../../src-main/hosts/cli/main.ts';
import { openLibusbBus } from '../../src-main/usb/libusb/libusb-bus.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import { phasesOf, type Phases } from '../bench/phases.ts';
import { payload } from '../bench/update-bench.ts';
import { FakeTerminal } from '../cli/fake-world.ts';
import { Rig, type Plugged } from './rig.ts';
import type { Measured } from './served.ts';

/** `Stepwise` is its command line in this process, which is warm; `Stepwise, own process` is as its user starts it. */
export type Program = 'Stepwise' | 'Stepwise, own process' | 'dfu-util';

export interface MeasuredRun extends Phases {
  /** Milliseconds the program ran altogether; starting and ending besides what the device saw. */
  readonly wall: number;
}

export interface Measurement {
  /** The device holds something else before. */
  readonly fullWrite: MeasuredRun;
  /** The same once more; only where asked for. */
  readonly unchanged?: MeasuredRun;
}

const FLASH_START = 0x0800_0000;
const CLI = join('dist', 'src-main', 'cli.js');
const LIMIT_MS = 300_000;

const folder = mkdtempSync(join(tmpdir(), 'stepwise-side-by-side-'));
const environment = { ...process.env, STEPWISE_STATE: join(folder, 'state') };
const run = promisify(execFile);

const PROGRAMS: Readonly<Record<Program, (file: string, path: string) => Promise<unknown>>> = {
  Stepwise: async (file, path) => {
    const terminal = new FakeTerminal();
    const exitCode = await main(wordsFor(file, path), {
      terminal,
      environment,
      platform: process.platform,
      homeFolder: folder,
      resourcesFolder: 'resources',
      version: 'measured',
      clock: systemClock,
      today: () => new Date().toISOString(),
      network: nodeNetwork,
      computer: thisComputer,
      openBus: () => openLibusbBus({ clock: systemClock }),
    });
    if (exitCode !== 0) throw new Error(`Stepwise ends with ${exitCode}: ${terminal.out.text}`);
  },
  'Stepwise, own process': (file, path) =>
    run(process.execPath, [CLI, ...wordsFor(file, path)], { env: environment, timeout: LIMIT_MS }),
  'dfu-util': (file, path) =>
    run('dfu-util', ['-p', path, '-a', '0', '-s', String(FLASH_START), '-D', file], { timeout: LIMIT_MS }),
};

function wordsFor(file: string, path: string): string[] {
  return ['flash', file, '--yes', '--json', '--device', path];
}

export interface Task {
  readonly device: string;
  /** Size of the image: whole sectors. */
  readonly kilobytes: number;
}

/**
 * Has a program write an image to a device that holds another one, and makes sure that it did.
 * @param again whether to do the same once more
 */
export async function measure(
  program: Program,
  { device, kilobytes }: Task,
  { measured, again = false }: { readonly measured: Measured; readonly again?: boolean },
): Promise<Measurement> {
  const bytes = kilobytes * 1024;
  const image = payload(bytes, 1);
  const rig = new Rig(await openLibusbBus({ clock: systemClock }));
  try {
    const before = payload(bytes, 2);
    const plugged = await rig.plug({ kind: 'bootloader', name: device, flash: before, measured });
    const update = () => runOnce(program, rig, plugged, image, blockOf(device));
    const fullWrite = await update();
    return again ? { fullWrite, unchanged: await update() } : { fullWrite };
  } finally {
    await rig.stop();
  }
}

async function runOnce(
  program: Program,
  rig: Rig,
  plugged: Plugged,
  image: Uint8Array,
  block: number,
): Promise<MeasuredRun> {
  const file = join(folder, 'image.bin');
  writeFileSync(file, image);
  await rig.transfers(plugged); // the kernel's own, when it was plugged in
  const started = performance.now();
  await PROGRAMS[program](file, plugged.device.path);
  const wall = performance.now() - started;
  const transfers = await rig.transfers(plugged);
  const { bytes, faults } = await rig.contents(plugged, FLASH_START, image.length);
  if (Buffer.compare(bytes, image) !== 0 || faults.length > 0)
    throw new Error(`${program} did not write the image`);
  return { ...phasesOf(transfers, block), wall };
}

function blockOf(device: string): number {
  const definition = virtualDevices.get(device);
  if (!definition) throw new RangeError(`no virtual device is called ${device}`);
  return definition.loader.maxBlock;
}

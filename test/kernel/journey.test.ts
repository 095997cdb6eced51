import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { writeDfuse } from '../../src-main/firmware/dfuse-file.ts';
import { FirmwareImage } from '../../src-main/firmware/image.ts';
import { demoFirmware } from '../../src-main/virtual/demo-firmware.ts';
import { kernelTest, type Plugged, type Rig } from './rig.ts';

/**
 * The command line as its user starts it: a process of its own, real libusb, the kernel, and a bootloader at the other
 * end of the cable whose flash is looked at afterwards from the device's side.
 */

const CLI = join('dist', 'src-main', 'cli.js');
const LIMIT_MS = 240_000;
const REAL_IMAGES = join('..', 'shared', 'firmware');
const FLASH_START = 0x0800_0000;
const DEMO_LENGTH = 20_000;

const folder = mkdtempSync(join(tmpdir(), 'stepwise-kernel-'));
const environment = { ...process.env, STEPWISE_STATE: join(folder, 'state') };

interface Firmware {
  readonly file: string;
  readonly image: FirmwareImage;
}

/** The beginnings of the demo's: in both banks of an H743. */
function demo(): Firmware {
  const image = FirmwareImage.from(
    demoFirmware(2).ranges.map(({ address, bytes }) => ({ address, bytes: bytes.slice(0, DEMO_LENGTH) })),
  );
  const file = join(folder, 'demo.dfu');
  writeFileSync(file, writeDfuse(image));
  return { file, image };
}

/** The beginning of a published image where there is one beside the project, else of the demo's. */
function small(length: number): Firmware {
  const name = existsSync(REAL_IMAGES)
    ? readdirSync(REAL_IMAGES).find((each) => each.endsWith('.bin'))
    : undefined;
  const whole = name
    ? readFileSync(join(REAL_IMAGES, name))
    : (demoFirmware(2).ranges[0]?.bytes ?? assert.fail());
  const bytes = whole.subarray(0, length);
  const file = join(folder, `${length}.bin`);
  writeFileSync(file, bytes);
  return { file, image: FirmwareImage.from([{ address: FLASH_START, bytes: new Uint8Array(bytes) }]) };
}

async function stepwise(plugged: Plugged, ...words: string[]): Promise<Record<string, unknown>> {
  const commandLine = [CLI, ...words, '--device', plugged.device.path, '--json'];
  const { stdout } = await new Promise<{ stdout: string }>((resolve) => {
    execFile(process.execPath, commandLine, { env: environment, timeout: LIMIT_MS }, (_error, out, err) => {
      process.stderr.write(err);
      resolve({ stdout: out });
    });
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, unknown>;
}

async function holds(rig: Rig, plugged: Plugged, image: FirmwareImage): Promise<void> {
  for (const range of image.ranges) {
    const { bytes, faults } = await rig.contents(plugged, range.address, range.bytes.length);
    assert.deepEqual(Buffer.from(bytes), Buffer.from(range.bytes));
    assert.deepEqual(faults, []);
  }
}

const JOURNEYS: readonly [device: string, firmware: Firmware][] = [
  ['h743-v-0x90', demo()],
  ['h743-v-0x91', demo()],
  ['h743-v-0x92', demo()],
  ['f405', small(130_000)],
  // Pages of 128 bytes.
  ['l072', small(8_000)],
];

for (const [name, { file, image }] of JOURNEYS) {
  await kernelTest(
    `the command line updates ${name} through libusb and proves it, byte for byte`,
    async (rig) => {
      const plugged = await rig.plug({ kind: 'bootloader', name });
      const outcome = await stepwise(plugged, 'flash', file, '--yes');
      assert.deepEqual([outcome['type'], outcome['exitCode'], outcome['proven']], ['outcome', 0, image.size]);
      await holds(rig, plugged, image);
    },
  );
}

await kernelTest(
  'the same command finishes an update that was killed in the middle of a write, and then has nothing left to do',
  async (rig) => {
    const { file, image } = demo();
    const plugged = await rig.plug({ kind: 'bootloader', name: 'h743-v-0x92' });
    const commandLine = [CLI, 'flash', file, '--yes', '--json', '--device', plugged.device.path];
    const killed = spawn(process.execPath, commandLine, {
      env: environment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(killed, 'exit');
    for await (const line of createInterface({ input: killed.stdout })) {
      const event = JSON.parse(line) as { type: string; phase?: string; done?: number };
      if (event.type === 'progress' && event.phase === 'write') break;
    }
    killed.kill('SIGKILL');
    assert.deepEqual(await ended, [null, 'SIGKILL']);

    const outcome = await stepwise(plugged, 'flash', file, '--yes');
    assert.deepEqual([outcome['type'], outcome['exitCode'], outcome['proven']], ['outcome', 0, image.size]);
    await holds(rig, plugged, image);
    const again = await stepwise(plugged, 'flash', file, '--yes');
    assert.deepEqual([again['exitCode'], again['rewritten']], [0, 0]);
  },
);

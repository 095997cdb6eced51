import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import test from 'node:test';
import { DfuRequest, DfuSeCommand, DfuState } from '../../src-main/dfuse/protocol.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import { demoFirmware } from '../../src-main/virtual/demo-firmware.ts';
import type { TransferRecord } from '../../src-main/virtual/virtual-device.ts';
import { attach } from './attach.ts';
import { dnload, ENOUGH, GET_STATUS, STATUS_LENGTH } from './requests.ts';
import { eventually, kernelTest, type Plugged, type Rig } from './rig.ts';

/**
 * The virtual bootloaders before programs that nobody here wrote: what Debian's dfu-util and fwupd make of them, and that
 * anybody can do the same with `stepwise virtual serve`.
 */

const CLI = join('dist', 'src-main', 'cli.js');
const FLASH_START = 0x0800_0000;
/** Of H743. */
const BANK_2 = 0x0810_0000;
const SECTOR = 128 * 1024;
const FLASH_SIZE = 2 * 1024 * 1024;
/** AN3156 §5 knows none with this code. */
const NO_COMMAND = 0x77;
/** Ports of the virtual host controller for full speed. */
const MOST_AT_ONCE = 8;
/** Runs of dfu-util at a time: it waits for no answer longer than a second, and all devices share one thread. */
const LANES = 2;
const LIMIT_MS = 120_000;
/** Time of the device. A sector takes one second. */
const STUCK_MS = 4_000;

const folder = mkdtempSync(join(tmpdir(), 'stepwise-peers-'));
/** A multiple of every transfer size: a bootloader computes the address of a block from its own length (AN3156). */
const bytes = (demoFirmware(2).ranges[0]?.bytes ?? assert.fail()).slice(0, 4096);
const image = join(folder, 'image.bin');
writeFileSync(image, bytes);

interface Ended {
  /** Exit status, or the signal that ended it. */
  readonly status: number | string | null | undefined;
  readonly text: string;
}

function run(program: string, words: readonly string[], signal?: AbortSignal): Promise<Ended> {
  const env = { ...process.env, STEPWISE_STATE: join(folder, 'state') };
  const options = { timeout: LIMIT_MS, killSignal: 'SIGKILL', env, ...(signal && { signal }) } as const;
  return new Promise((resolve) => {
    execFile(program, words, options, (error, out, err) => {
      resolve({ status: error ? (error.signal ?? error.code) : 0, text: out + err });
    });
  });
}

/** A test that needs a program of somebody else's, and is skipped where that is not installed. */
function peerTest(tool: string, name: string, body: (rig: Rig) => Promise<void>): Promise<void> {
  return isInstalled(tool)
    ? kernelTest(name, body)
    : test(name, { skip: `${tool} is not installed` }, () => undefined);
}

function isInstalled(tool: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
}

const dfuUtil = (path: string, ...words: string[]) => ['-p', path, '-a', '0', ...words];

/** Writes the image with dfu-util and reads it back. */
async function writeAndReadBack(path: string): Promise<void> {
  const at = `0x${FLASH_START.toString(16)}`;
  // It writes over nothing.
  const back = join(mkdtempSync(join(folder, 'back-')), 'image.bin');
  const written = await run('dfu-util', dfuUtil(path, '-s', at, '-D', image));
  assert.equal(written.status, 0, written.text);
  const read = await run('dfu-util', dfuUtil(path, '-s', `${at}:${bytes.length}`, '-U', back));
  assert.equal(read.status, 0, read.text);
  assert.deepEqual(readFileSync(back), Buffer.from(bytes));
}

async function holds(rig: Rig, plugged: Plugged, address: number): Promise<void> {
  const { bytes: inside, faults } = await rig.contents(plugged, address, bytes.length);
  assert.deepEqual(Buffer.from(inside), Buffer.from(bytes));
  assert.deepEqual(faults, []);
}

/** One device of each family: the first in the list of those that erase as they are told to. */
const ordinary = [...virtualDevices.values()].filter(({ loader }) => loader.eraseDefects.length === 0);
const families = ordinary.filter(
  ({ deviceId }, at) => ordinary.findIndex((each) => each.deviceId === deviceId) === at,
);

for (let from = 0; from < families.length; from += MOST_AT_ONCE) {
  const names = families.slice(from, from + MOST_AT_ONCE).map(({ name }) => name);
  await peerTest('dfu-util', `dfu-util lists, writes and reads back ${names.join(', ')}`, async (rig) => {
    const plugged: Plugged[] = [];
    for (const name of names) plugged.push(await rig.plug({ kind: 'bootloader', name }));
    const { text } = await run('dfu-util', ['-l']);
    for (const { device } of plugged) assert.match(text, new RegExp(`path="${device.path}", alt=0, name="@`));
    const waiting = plugged.values();
    const lane = async () => {
      for (const { device } of waiting) await writeAndReadBack(device.path);
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    for (const each of plugged) await holds(rig, each, FLASH_START);
  });
}

await kernelTest('a reset of the port reaches the device behind USB/IP', async (rig) => {
  const { device } = await rig.plug({ kind: 'bootloader', name: 'u575' });
  const state = async () => (await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH))[4];
  await device.open();
  await device.claim(0);
  await device.controlOut(dnload(0), Uint8Array.of(NO_COMMAND), ENOUGH);
  assert.equal(await state(), DfuState.error);
  await device.reset();
  assert.equal(await state(), DfuState.dfuIdle);
});

const FOR_FWUPD = ['h723', 'f405', 'l476', 'gd32vf103'];

await peerTest('fwupdtool', `fwupd takes ${FOR_FWUPD.join(', ')} for what they are`, async (rig) => {
  const expected = [];
  for (const name of FOR_FWUPD) {
    const { identity } = await rig.plug({ kind: 'bootloader', name });
    const hex = (value: number) => value.toString(16).toUpperCase().padStart(4, '0');
    expected.push(`USB\\VID_${hex(identity.vendorId)}&PID_${hex(identity.productId)}`);
  }
  const { text } = await run('fwupdtool', ['get-devices', '--plugins', 'dfu', '--json']);
  const { Devices: devices } = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as {
    Devices: readonly { Plugin: string; InstanceIds: readonly string[]; Flags: readonly string[] }[];
  };
  assert.deepEqual(devices.flatMap((each) => each.InstanceIds).sort(), expected.sort());
  for (const { Plugin: plugin, Flags: flags } of devices) {
    assert.equal(plugin, 'dfu');
    assert.ok(flags.includes('is-bootloader') && flags.includes('updatable'));
  }
});

/** What the device was asked since it was told to erase this sector; nothing when it was not. */
function sinceErase(transfers: readonly TransferRecord[], sector: number): readonly TransferRecord[] {
  const erase = Buffer.from([DfuSeCommand.erase, 0, 0, 0, 0]);
  erase.writeUInt32LE(sector, 1);
  const told = transfers.findIndex(({ request }) => erase.equals(request.data));
  return told < 0 ? [] : transfers.slice(told + 1);
}

await peerTest(
  'dfu-util',
  'dfu-util waits for ever for the erase in bank 2 of h743-v-0x90, and Stepwise then updates that very device',
  async (rig) => {
    const plugged = await rig.plug({
      kind: 'bootloader',
      name: 'h743-v-0x90',
      flash: new Uint8Array(FLASH_SIZE),
      measured: 'in-its-time',
    });
    const { path } = plugged.device;
    const address = BANK_2 - bytes.length / 2;
    const at = `0x${address.toString(16)}`;
    const patience = new AbortController();
    const writing = run('dfu-util', dfuUtil(path, '-s', at, '-D', image), patience.signal);
    const seen: TransferRecord[] = [];
    const erasing = await eventually('dfu-util is stuck', async () => {
      seen.push(...(await rig.transfers(plugged)));
      const since = sinceErase(seen, BANK_2);
      return (since.at(-1)?.at ?? 0) - (since[0]?.at ?? 0) > STUCK_MS ? since : undefined;
    }).finally(() => patience.abort());
    const stuck = await writing;
    assert.equal(stuck.status, 'ABORT_ERR', stuck.text);
    assert.match(stuck.text, /Erase/);
    for (const { request, answer } of erasing) {
      assert.equal(request.request, DfuRequest.getStatus);
      assert.equal(answer.kind === 'done' && answer.bytes[4], DfuState.dnBusy);
    }
    const sector = await rig.contents(plugged, BANK_2, SECTOR);
    assert.ok(
      sector.bytes.every((byte) => byte === 0xff),
      'the sector is blank: it was erased long ago',
    );

    const words = ['flash', image, '--address', at, '--discard-outside', '--yes', '--json', '--device', path];
    const updated = await run(process.execPath, [CLI, ...words]);
    assert.equal(updated.status, 0, updated.text);
    await holds(rig, plugged, address);
  },
);

await peerTest(
  'dfu-util',
  'what `stepwise virtual serve` prints is what it takes to attach a device',
  async () => {
    const serving = spawn(process.execPath, [CLI, 'virtual', 'serve', 'l476', '--port', '0'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
    });
    const ended = once(serving, 'exit');
    let complaints = '';
    serving.stderr.on('data', (text: Buffer) => (complaints += text.toString()));
    const lines = createInterface({ input: serving.stdout })[Symbol.asyncIterator]();
    const says = async (what: RegExp): Promise<string> => {
      const line: IteratorResult<string, unknown> = await lines.next();
      if (line.done) assert.fail(`it has ended without ${what}: ${complaints}`);
      return what.test(line.value) ? line.value : says(what);
    };

    const command = await says(/usbip .* attach/);
    const port = /--tcp-port (\d+)/.exec(command)?.[1] ?? assert.fail(command);
    if (isInstalled('usbip')) {
      const attached = await run('sh', ['-c', command.replace('sudo ', '')]);
      assert.equal(attached.status, 0, attached.text);
    } else {
      await attach(Number(port), '1-1');
    }
    await says(/^1-1 {2}attached$/);
    const path = await eventually(
      'dfu-util lists it',
      async () => /path="([^"]+)", alt=0/.exec((await run('dfu-util', ['-l'])).text)?.[1],
    );
    await writeAndReadBack(path);

    serving.kill('SIGINT');
    assert.deepEqual(await ended, [0, null]);
    assert.equal(complaints, 'Ctrl-C ends it.\n');
  },
);

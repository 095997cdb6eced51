import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { transcriptFiles } from '../../../usb/transcripts.ts';
import type { VirtualDeviceOptions } from '../../../virtual/virtual-device.ts';

let world = new FakeWorld();
afterEach(() => world.dispose());

const flat = (text: string) => text.replace(/\s+/g, ' ');

function file(name: string, bytes: Uint8Array): string {
  const path = world.path(name);
  writeFileSync(path, bytes);
  return path;
}

const BYTES = new Uint8Array(3000).map((_, at) => at % 251);
const OLD = new Uint8Array(3000).map((_, at) => (at * 7) % 253);

function transcriptOf(some: FakeWorld): string {
  const [newest] = transcriptFiles(join(some.stateFolder, 'logs'));
  if (!newest) throw new Error('there is no transcript');
  return newest.path;
}

/** An update nobody asked to record. */
async function flashed(contents: NonNullable<VirtualDeviceOptions['contents']> = []) {
  world = new FakeWorld(['f405', { contents }]);
  const firmware = file('app.bin', BYTES);
  expect(await world.run('flash', firmware, '--yes', '--discard-outside')).toBe(0);
  world.clear();
  return { firmware, recording: transcriptOf(world) };
}

describe('the transcript that is always kept', () => {
  it('has every transfer, and no firmware in it', async () => {
    const { recording } = await flashed();
    const text = readFileSync(recording, 'utf8');
    expect(text).not.toContain(Buffer.from(BYTES.subarray(0, 16)).toString('hex'));
    expect(text.match(/"sha256"/g)?.length).toBeGreaterThan(4);
    expect(text).toMatch(
      /^\{.*"program":"stepwise 1\.2\.3, command line","begun":"2026-01-02T03:04:05\.000Z"/,
    );
  });

  it('is replayed with the firmware of the command: what was written is what is read back', async () => {
    const { firmware, recording } = await flashed();
    expect(await world.run('replay', recording, '--', 'flash', firmware, '--yes', '--discard-outside')).toBe(
      0,
    );
    expect(world.terminal.out.text).toContain('✓ Done: 3 000 bytes read back and equal');
    expect(world.terminal.err.text).toContain('The recording was used to its end');
  });

  it('tells another firmware from the one that was written, by the hash', async () => {
    const { recording } = await flashed();
    const other = file(
      'other.bin',
      BYTES.map((byte, at) => (at === 2000 ? byte ^ 1 : byte)),
    );
    expect(await world.run('replay', recording, '--', 'flash', other, '--yes', '--discard-outside')).toBe(7);
    expect(flat(world.terminal.err.text)).toMatch(
      /In line \d+ it goes on with: .*sha256 .* Now it was: .*sha256/,
    );
  });

  it('of a device that held something else wants to be given that', async () => {
    const contents = [{ address: 0x0800_0000, bytes: OLD }];
    const { firmware, recording } = await flashed(contents);
    const command = ['--', 'flash', firmware, '--yes', '--discard-outside'];
    expect(await world.run('replay', recording, ...command)).toBe(9);
    expect(flat(world.terminal.err.text)).toMatch(
      /keeps what was read here to itself In line \d+ the device gave 16 bytes at 0x08000000\./,
    );
    world.clear();
    const image = file('old.bin', OLD);
    expect(await world.run('replay', recording, '--image', image, ...command)).toBe(0);
    world.clear();
    expect(await world.run('replay', recording, '--image', world.path('missing'), ...command)).toBe(9);
  });

  it('has no firmware in it beside a recording that has', async () => {
    world = new FakeWorld(['f405']);
    const firmware = file('app.bin', BYTES);
    await world.run('flash', firmware, '--yes', '--record', world.path('all.jsonl'));
    const block = Buffer.from(BYTES.subarray(0, 16)).toString('hex');
    expect(readFileSync(world.path('all.jsonl'), 'utf8')).toContain(block);
    expect(readFileSync(transcriptOf(world), 'utf8')).not.toContain(block);
  });

  it('that cannot be kept is said once, and stops nothing', async () => {
    world = new FakeWorld(['f405']);
    mkdirSync(world.stateFolder);
    writeFileSync(join(world.stateFolder, 'logs'), 'in the way');
    expect(await world.run('info')).toBe(0);
    expect(world.terminal.err.text.match(/The transcript of USB cannot be kept/g)).toHaveLength(1);
  });
});

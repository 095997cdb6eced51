import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { writeDfuse } from '../../../firmware/dfuse-file.ts';
import { FirmwareImage } from '../../../firmware/image.ts';
import { readImageFile } from '../../../firmware/read.ts';
import { virtualDevices } from '../../../virtual/catalogue/index.ts';

let world = new FakeWorld();
afterEach(() => world.dispose());

const flat = (text: string) => text.replace(/\s+/g, ' ');

function file(name: string, bytes: Uint8Array): string {
  const path = world.path(name);
  writeFileSync(path, bytes);
  return path;
}

const BYTES = new Uint8Array(3000).map((_, at) => at % 251);

describe('convert', () => {
  it('keeps bytes and addresses', async () => {
    world = new FakeWorld();
    const source = file('app.bin', BYTES);
    expect(await world.run('convert', source, world.path('app.hex'), '--address', '0x08020000')).toBe(0);
    expect(await world.run('convert', world.path('app.hex'), world.path('app.dfu'))).toBe(0);
    const { image } = await readImageFile(world.path('app.dfu'));
    expect(image.ranges).toEqual([{ address: 0x0802_0000, bytes: BYTES }]);
  });

  it('says how much of a raw file fills gaps', async () => {
    world = new FakeWorld();
    const image = FirmwareImage.from([
      { address: 0x0800_0000, bytes: BYTES.slice(0, 16) },
      { address: 0x0800_0100, bytes: BYTES.slice(0, 16) },
    ]);
    expect(await world.run('convert', file('gap.dfu', writeDfuse(image)), world.path('gap.bin'))).toBe(0);
    expect(world.terminal.out.text).toContain('✓ Written to');
    expect(world.terminal.out.text).toContain('240 bytes of them fill gaps, with 0xFF.');
    expect(readFileSync(world.path('gap.bin'))).toHaveLength(272);
  });

  it('says what a format has no room for', async () => {
    world = new FakeWorld();
    const image = FirmwareImage.from([{ address: 0x0800_0000, bytes: BYTES }], {}, [
      { alternate: 1, name: 'Option Bytes', ranges: [{ address: 0x1fff_c000, bytes: BYTES.slice(0, 16) }] },
    ]);
    const args = ['convert', file('both.dfu', writeDfuse(image)), world.path('both.hex')];
    expect(await world.run(...args)).toBe(0);
    expect(world.terminal.out.text).toContain('Left out: data for alternate setting 1 (Option Bytes).');
    world.clear();
    expect(await world.run(...args, '--yes', '--json')).toBe(0);
    expect(world.json).toMatchObject({
      format: 'hex',
      image: { bytes: 3000 },
      filled: 0,
      leftOut: [{ alternate: 1, name: 'Option Bytes' }],
    });
  });

  it('refuses what it cannot write, and a file that is in the way', async () => {
    world = new FakeWorld();
    const source = file('app.bin', BYTES);
    expect(await world.run('convert', source, world.path('app.elf'))).toBe(2);
    expect(await world.run('convert', source, world.path('app.toString'))).toBe(2);
    expect(await world.run('convert', source, source)).toBe(2);
    mkdirSync(world.path('folder.bin'));
    expect(await world.run('convert', source, world.path('folder.bin'), '--yes')).toBe(9);
    expect(readFileSync(source)).toEqual(Buffer.from(BYTES));
  });
});

describe('virtual', () => {
  it('lists what there is', async () => {
    world = new FakeWorld();
    expect(await world.run('virtual')).toBe(0);
    for (const name of virtualDevices.keys())
      expect(world.terminal.out.text).toMatch(new RegExp(`^${name} `, 'm'));
    world.clear();
    await world.run('virtual', '--json');
    expect(world.json).toMatchObject({
      virtualDevices: expect.arrayContaining([
        { name: 'f405', description: expect.any(String) as unknown },
      ]) as unknown,
    });
  });
});

describe('--virtual', () => {
  it('is a device without hardware, and says so', async () => {
    world = new FakeWorld();
    expect(await world.run('info', '--virtual', 'f405')).toBe(0);
    expect(world.terminal.err.text).toContain('Without hardware: virtual f405.');
    expect(world.terminal.out.text).toContain('STM32 F405/F407');
  });

  it('may be several, and each has its own unique ID', async () => {
    world = new FakeWorld();
    await world.run('info', '--virtual', 'h743-v-0x92', '--virtual', 'h743-v-0x92', '--all', '--json');
    const ids = [...world.terminal.out.text.matchAll(/"value": "([0-9A-F]{24})"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(2);
  });

  it('keeps its flash in a file, and an interrupted update beside it', async () => {
    world = new FakeWorld();
    const firmware = file('app.bin', new Uint8Array(40_000).fill(7));
    const args = ['--virtual', 'f405', '--virtual-flash', world.path('f405.bin')];
    world.terminal.err.onWrite = (text) => {
      if (text.includes('Writing')) world.terminal.stop();
    };
    expect(await world.run('flash', firmware, '--yes', ...args)).toBe(8);
    expect(readdirSync(world.stateFolder)).toEqual(['logs']);

    world.clear();
    expect(await world.run('flash', firmware, '--yes', ...args)).toBe(0);
    expect(world.terminal.out.text).toContain('was interrupted');
    expect(readFileSync(world.path('f405.bin')).subarray(0, 40_000)).toEqual(Buffer.alloc(40_000, 7));
    world.clear();
    expect(await world.run('verify', firmware, ...args)).toBe(0);
  });

  it('takes no flash of another device', async () => {
    world = new FakeWorld();
    const flash = file('large.bin', new Uint8Array(2_000_000));
    expect(await world.run('info', '--virtual', 'f405', '--virtual-flash', flash)).toBe(2);
    expect(flat(world.terminal.err.text)).toContain('is of another device than f405');
    expect(await world.run('info', '--virtual', 'f405', '--virtual-flash', world.folder)).toBe(9);
  });

  it('has the time it is given', async () => {
    world = new FakeWorld();
    await world.run('info', '--virtual', 'f405', '--virtual-speed', '1');
    await world.run('info', '--virtual', 'f405', '--virtual-speed', '20');
    expect(world.terminal.err.text).toContain('Its time passes as in life.');
    expect(flat(world.terminal.err.text)).toContain('Its time passes 20 times as fast as in life.');
  });
});

describe('demo', () => {
  it('shows an update with a known defect, proves it, and looks into the cells', async () => {
    world = new FakeWorld();
    expect(await world.run('demo')).toBe(0);
    const text = flat(world.terminal.out.text);
    expect(text).toContain('virtual STM32H743');
    expect(text).toContain('stepping V · bootloader V9.0 (0x90)');
    expect(text).toContain('Stepwise ends such an erase itself');
    expect(text).toContain('✓ Done: 245 776 bytes read back and equal');
    expect(text).toContain('✓ The demo has also looked into the cells');
    expect(text).toContain('stepwise flash FIRMWARE');
    expect(readdirSync(world.stateFolder)).toEqual(['logs']);
  });

  it('takes less than fifteen seconds of real time', async () => {
    world = new FakeWorld();
    await world.run('demo');
    expect(world.clock.now()).toBeLessThan(15_000);
  });

  it('speaks JSON as well', async () => {
    world = new FakeWorld();
    expect(await world.run('demo', '--json')).toBe(0);
    expect(world.jsonLines.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['plan', 'outcome', 'checked']),
    );
  });

  it('that is stopped ends as an update does', async () => {
    world = new FakeWorld();
    world.terminal.err.onWrite = (text) => {
      if (text.includes('Writing')) world.terminal.stop('SIGHUP');
    };
    expect(await world.run('demo')).toBe(8);
    expect(world.terminal.out.text).not.toContain('looked into the cells');
  });
});

describe('replay', () => {
  async function recorded(): Promise<readonly [recording: string, firmware: string]> {
    world = new FakeWorld(['f405']);
    const firmware = file('app.bin', BYTES);
    const recording = world.path('usb.jsonl');
    await world.run('flash', firmware, '--yes', '--record', recording);
    world.clear();
    return [recording, firmware];
  }

  it('does again what was recorded, without the device', async () => {
    const [recording, firmware] = await recorded();
    const transfers = world.device.transfers;
    expect(await world.run('replay', recording, '--', 'flash', firmware, '--yes')).toBe(0);
    expect(world.terminal.out.text).toContain('✓ Done: 3 000 bytes read back and equal');
    expect(world.terminal.err.text).toContain('The recording was used to its end');
    expect(world.device.transfers).toBe(transfers);
    expect(readFileSync(recording, 'utf8').split('\n').length).toBeGreaterThan(50);
  });

  it('of another command says where they part', async () => {
    const [recording] = await recorded();
    expect(await world.run('replay', recording, '--', 'info')).toBe(7);
    expect(flat(world.terminal.err.text)).toContain('✗ The recording is of something else In line');
  });

  it('of a command that needs less says so', async () => {
    const [recording] = await recorded();
    expect(await world.run('replay', recording, '--', 'virtual')).toBe(7);
    expect(world.terminal.err.text).toContain('✗ The recording is of something else');
  });

  it.each([
    [['--image', 'app.bin'], 2],
    [['--to-test', 'x.test.ts'], 2],
    [['--to-test', 'x.js', '--', 'info'], 2],
    [['--compare', 'x', '--', 'info'], 2],
    [['--', 'demo'], 2],
    [['--', 'info', '--virtual', 'f405'], 2],
  ])('with %j makes no sense', async (args, exitCode) => {
    const [recording] = await recorded();
    expect(await world.run('replay', recording, ...args)).toBe(exitCode);
  });

  it('of a file that is no recording is told', async () => {
    world = new FakeWorld();
    expect(await world.run('replay', world.path('nothing'), '--', 'info')).toBe(9);
    expect(await world.run('replay', file('x.jsonl', BYTES), '--', 'info')).toBe(9);
  });
});

it('a recording that cannot be written is told of once and stops nothing', async () => {
  world = new FakeWorld(['f405']);
  const firmware = file('app.bin', BYTES);
  expect(
    await world.run('flash', firmware, '--yes', '--record', join(world.folder, 'nowhere', 'usb.jsonl')),
  ).toBe(0);
  expect(world.terminal.err.text.match(/The recording .* has ended/g)).toHaveLength(1);
});

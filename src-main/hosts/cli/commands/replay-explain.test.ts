import { mkdirSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { transcriptFiles } from '../../../usb/transcripts.ts';
import { virtualDevices } from '../../../virtual/catalogue/index.ts';
import { namedFaults } from '../../../virtual/named-faults.ts';
import type { VirtualDeviceOptions } from '../../../virtual/virtual-device.ts';

let world = new FakeWorld();
afterEach(() => world.dispose());

const flat = (text: string) => text.replace(/\s+/g, ' ');
const BYTES = new Uint8Array(20_000).map((_, at) => (at * 31) % 251);
const CAPTURES = new URL('../../../../test/captures/', import.meta.url).pathname;

/** The transcript of an update. */
async function recorded(
  name: string,
  address: string,
  options: Omit<VirtualDeviceOptions, 'clock'> = {},
): Promise<string> {
  world = new FakeWorld([name, options]);
  const firmware = world.path('app.bin');
  writeFileSync(firmware, BYTES);
  await world.run('flash', firmware, '--yes', '--address', address, '--discard-outside');
  world.clear();
  const [newest] = transcriptFiles(join(world.stateFolder, 'logs'));
  if (!newest) throw new Error('there is no transcript');
  return newest.path;
}

async function told(file: string): Promise<string> {
  expect(await world.run('replay', file)).toBe(0);
  return flat(world.terminal.out.text);
}

function fault(name: string): Pick<VirtualDeviceOptions, 'faults'> {
  const [known, device] = [namedFaults.get(name), virtualDevices.get('f405')];
  if (!known || !device) throw new Error(name);
  return { faults: [known.faultOn(device)] };
}

describe('what a transcript says', () => {
  it('of an update that went well: who recorded it, what was done, that it is proven, and the time', async () => {
    const text = await told(await recorded('h743-v-0x92', '0x0811e000'));
    expect(text).toMatch(
      /^A recording of Stepwise, made by stepwise 1\.2\.3, command line, from 2026-01-02 03:04 UTC on\./,
    );
    expect(text).toContain('1-1, 0483:DF11');
    expect(text).toContain('Its bootloader ID at 0x1FF1E7FE is 0x92.');
    expect(text).toContain('It says at 0x1FF1E880 that it has 2 048 KB of flash.');
    expect(text).toMatch(/Erased 2 sectors from 0x08100000 to the one at 0x08120000 in [\d.]+ s;/);
    expect(text).toMatch(/Wrote 20 blocks of up to 1 024 bytes from 0x0811E000, 20 000 bytes, in/);
    expect(text).toMatch(/Read back 20 blocks .* equal to what was written\./);
    expect(text).toContain('✓ Everything that was written was read back equal: 20 000 bytes.');
    expect(text).toMatch(/Time [\d.]+ s in all · .* erasing · .* writing/);
    expect(text).toMatch(/Asked \d+ GETSTATUS · /);
    expect(text).not.toContain('✗');
  });

  it('of the erase that 0x90 never reports: where, how long, and what got it out of that', async () => {
    const text = await told(await recorded('h743-v-0x90', '0x0811e000'));
    expect(text).toMatch(
      /✗ Erasing the sector at 0x08100000 did not end: still busy after [\d.]+ s and \d+ questions\. \(lines \d+ to \d+\)/,
    );
    expect(text).toContain('CLRSTATUS was sent 2 times; after that it was in dfuIDLE, ok.');
    expect(text).toContain('read back equal: 20 000 bytes, after 2 things that went wrong on the way.');
  });

  it.each([
    ['unplugged-while-writing', 'Writing the block at 0x08000800 failed: it left the bus.'],
    ['unplugged-while-erasing', 'Erasing the sector at 0x08000000 failed: it left the bus.'],
    ['stuck-until-replug', 'Erasing the sector at 0x08000000 did not end: still busy after 20 s'],
  ])('of %s: where it went wrong', async (name, sentence) => {
    const text = await told(await recorded('f405', '0x08000000', fault(name)));
    expect(text).toContain(`✗ This is where it went wrong: ${sentence}`);
  });

  it.each([
    ['erase-refused', 'Erasing the sector at 0x08000000 was refused: dfuERROR, errStalledPacket.'],
    ['stuck-until-reset', 'The bus was reset'],
    ['write-corrupted', 'NOT what was written at 0x08000800'],
  ])('of %s: that it was overcome', async (name, sentence) => {
    const text = await told(await recorded('f405', '0x08000000', fault(name)));
    expect(text).toContain(sentence);
    expect(text).toMatch(/✓ Everything that was written was read back equal: 20 000 bytes/);
  });

  it('that a kill has cut off: everything before, and that it ends there', async () => {
    const file = await recorded('h743-v-0x92', '0x0811e000');
    const lines = readFileSync(file, 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('"op":"out"') && line.includes('sha256')) + 20;
    writeFileSync(file, [...lines.slice(0, at), lines[at]?.slice(0, 30)].join('\n'));
    const text = await told(file);
    expect(text).toContain(`It is cut off in line ${at + 1}, as when the program was killed.`);
    expect(text).toContain('✗ It ends in the middle of the work.');
  });

  it('as JSON for programs, with the same sentences', async () => {
    const file = await recorded('h743-v-0x92', '0x0811e000');
    expect(await world.run('replay', file, '--json')).toBe(0);
    expect(world.json).toMatchObject({
      kind: 'recording',
      program: 'stepwise 1.2.3, command line',
      gaps: [],
      sessions: [
        {
          place: '1-1',
          verdict: { kind: 'proven', overcome: 0 },
          proof: { equal: 20_000, different: 0, notRead: 0, erasedSince: 0 },
          words: 'Everything that was written was read back equal: 20 000 bytes.',
          paragraphs: expect.arrayContaining([
            expect.objectContaining({ kind: 'write', address: 0x0811_e000, bytes: 20_000, blocks: 20 }),
          ]) as unknown,
        },
      ],
    });
  });
});

describe('what a capture of another tool says', () => {
  it('is what dfu-util did, by usbmon in pcap', async () => {
    world = new FakeWorld();
    const text = await told(join(CAPTURES, 'h743-v-0x92.pcap'));
    expect(text).toContain('A capture of USB, made by another program.');
    expect(text).toMatch(/Erased 2 sectors from 0x0801F800 to the one at 0x08020000/);
    expect(text).toContain('✓ Everything that was written was read back equal: 4 992 bytes.');
  });

  it('is that it wrote once more and started the application, in pcapng', async () => {
    world = new FakeWorld();
    const text = await told(join(CAPTURES, 'f405.pcapng'));
    expect(text).toMatch(/Wrote 3 blocks .* Read back 3 blocks .* equal .* Wrote 3 blocks/);
    expect(text).toContain('The application was started: the bootloader stopped answering, as it should.');
    expect(text).toContain(
      '· Nothing went wrong, but not everything that was written was read back: 4 992 bytes',
    );
  });

  it('stands beside what Stepwise does, up to where they part', async () => {
    const file = await recorded('f405', '0x08003c00');
    expect(await world.run('replay', file, '--compare', join(CAPTURES, 'f405.pcapng'))).toBe(0);
    const text = flat(world.terminal.out.text);
    expect(text).toMatch(/Requests left right .*DNLOAD \d+ 19/);
    expect(text).toMatch(/erasing [\d.]+ s 1\.4 s/);
    expect(text).toContain('· What they do with memory differs from the first step on.');
    expect(text).toContain('right: Erased the sector at 0x08003C00');
    world.clear();
    expect(await world.run('replay', file, '--compare', file)).toBe(0);
    expect(world.terminal.out.text).toContain('✓ Both erased, wrote and read the same');
  });
});

it('a transcript that ends with a command nobody asked about says that it was under way', async () => {
  const file = await recorded('f405', '0x08000000');
  const lines = readFileSync(file, 'utf8').split('\n');
  const erase = lines.findIndex((line) => line.includes('"data":"41'));
  writeFileSync(file, `${lines.slice(0, erase + 1).join('\n')}\n`);
  const text = await told(file);
  expect(text).toContain('Erasing the sector at 0x08000000 was under way.');
  expect(text).toContain('✗ It ends in the middle of the work.');
});

describe('a file that cannot be explained', () => {
  it.each([
    ['nothing', '', 9],
    ['no transcript', 'hello', 9],
    ['a damaged line', '{"format":"stepwise-usb-recording","version":1,"dropped":0}\nx\nx\n', 9],
  ])('is refused with %s in it', async (_, content, exitCode) => {
    world = new FakeWorld();
    const file = world.path('x.jsonl');
    writeFileSync(file, content);
    expect(await world.run('replay', file)).toBe(exitCode);
    expect(world.terminal.out.text).toBe('');
  });

  it('is named with its line', async () => {
    world = new FakeWorld();
    const file = world.path('x.jsonl');
    writeFileSync(file, '{"format":"stepwise-usb-recording","version":1,"dropped":0}\nx\nx\n');
    await world.run('replay', file);
    expect(world.terminal.err.text).toContain('Fetch the file again from where it was recorded.');
    expect(flat(world.terminal.err.text)).toContain('Line 2: it is not of the kind that a recording has.');
  });

  it('is one that is not there, or a folder', async () => {
    world = new FakeWorld();
    expect(await world.run('replay', world.path('missing'))).toBe(9);
    mkdirSync(world.path('folder'));
    expect(await world.run('replay', world.path('folder'))).toBe(9);
  });
});

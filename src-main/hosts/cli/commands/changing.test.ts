import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { readImageFile } from '../../../firmware/read.ts';

let world = new FakeWorld();
afterEach(() => world.dispose());

const flat = (text: string) => text.replace(/\s+/g, ' ');
const CONTENTS = [{ address: 0x0800_0000, bytes: new Uint8Array(200_000).map((_, at) => at % 251) }];
const CONSENT = 'erase everything on this device';

describe('read', () => {
  it('copies all of flash into a file', async () => {
    world = new FakeWorld(['f411', { contents: CONTENTS }]);
    const file = world.path('backup.bin');
    expect(await world.run('read', '--out', file)).toBe(0);
    expect(world.terminal.out.text).toContain('✓ 524 288 bytes read from 0x08000000–0x0807FFFF.');
    expect(readFileSync(file).equals(world.device.flash.snapshot())).toBe(true);
  });

  it.each(['hex', 'dfu', 'bin'])('copies a range, as .%s', async (extension) => {
    world = new FakeWorld(['f411', { contents: CONTENTS }]);
    const file = world.path(`part.${extension}`);
    expect(await world.run('read', '-o', file, '--range', '0x08000100:1000')).toBe(0);
    const { image } = await readImageFile(file, { address: 0x0800_0100 });
    expect(image.ranges).toEqual([
      { address: 0x0800_0100, bytes: world.device.flash.read(0x0800_0100, 1000) },
    ]);
  });

  it('does not begin what it could not write down', async () => {
    world = new FakeWorld(['f411']);
    expect(await world.run('read', '--out', world.path('x.txt'))).toBe(2);
    expect(await world.run('read', '--out', world.path('nowhere/x.bin'))).toBe(9);
    expect(world.device.transfers).toBe(0);
  });

  it('replaces a file only when told to', async () => {
    world = new FakeWorld(['f411']);
    const file = world.path('x.bin');
    writeFileSync(file, 'precious');
    expect(await world.run('read', '--out', file)).toBe(2);
    expect(await world.inTerminal('n').run('read', '--out', file)).toBe(8);
    expect(world.terminal.asked).toEqual([`${file} is there already. Replace it? [y/N] `]);
    expect(readFileSync(file, 'utf8')).toBe('precious');
    expect(await world.run('read', '--out', file, '--range', '0x08000000:16', '--yes')).toBe(0);
    expect(readFileSync(file)).toHaveLength(16);
  });

  it('makes a file for each of several devices', async () => {
    world = new FakeWorld(['f411', { contents: CONTENTS }], ['f405']);
    const args = ['read', '--all', '--out', world.path('board.bin'), '--range', '0x08000000:16', '--json'];
    expect(await world.run(...args)).toBe(0);
    expect(existsSync(world.path('board-1-1.bin'))).toBe(true);
    expect(world.jsonLines.findLast(({ device }) => device === '1-2')).toMatchObject({
      type: 'outcome',
      file: world.path('board-1-2.bin'),
      fileSize: 16,
    });
  });

  it('of a locked device fails and says so', async () => {
    world = new FakeWorld(['f411', { protection: 1 }]);
    expect(await world.run('read', '--out', world.path('x.bin'))).toBe(5);
    expect(world.terminal.err.text).toContain('✗ This device is locked');
    expect(existsSync(world.path('x.bin'))).toBe(false);
  });
});

describe('erase', () => {
  const erased = () => world.device.flash.eraseCounts.map((count) => Math.min(count, 1)).join('');

  it('takes the sectors that are named and no others, and proves it', async () => {
    world = new FakeWorld(['f411', { contents: CONTENTS }]);
    expect(await world.run('erase', '--sectors', '0,2-3', '--yes')).toBe(0);
    expect(erased()).toBe('10110000');
    expect(world.terminal.out.text).toContain('0: 0x08000000, 16 KB');
    expect(world.terminal.out.text).toContain('✓ 3 sectors erased: 48 KB read back and blank.');
  });

  it('takes every sector a range touches', async () => {
    world = new FakeWorld(['f411', { contents: CONTENTS }]);
    expect(await world.run('erase', '--range', '0x08003FFF-0x08004000', '--yes')).toBe(0);
    expect(erased()).toBe('11000000');
  });

  it('takes all there is, and no more than there is', async () => {
    world = new FakeWorld([
      'h750',
      { contents: CONTENTS.map((range) => ({ ...range, bytes: range.bytes.slice(0, 100) })) },
    ]);
    expect(await world.run('erase', '--sectors', 'all', '--yes', '--json')).toBe(0);
    expect(world.jsonLines.at(-1)).toMatchObject({ type: 'outcome', sectors: 1, bytes: 131_072 });
  });

  it('asks, and no changes nothing', async () => {
    world = new FakeWorld(['f411', { contents: CONTENTS }]);
    expect(await world.inTerminal('n').run('erase', '--sectors', 'all')).toBe(8);
    expect(world.terminal.out.text).toContain('What is in them is gone then.');
    expect(erased()).toBe('00000000');
  });

  it.each([
    [['--yes'], 2],
    [['--sectors', '1', '--range', '0x08000000:1', '--yes'], 2],
    [['--sectors', '1'], 2],
    [['--sectors', '8', '--yes'], 5],
    [['--range', '0x20000000:1K', '--yes'], 5],
  ])('with %j is refused', async (args, exitCode) => {
    world = new FakeWorld(['f411', { contents: CONTENTS }]);
    expect(await world.run('erase', ...args)).toBe(exitCode);
    expect(erased()).toBe('00000000');
  });

  it('of a sector that does not erase fails, and says in which condition the device is', async () => {
    world = new FakeWorld([
      'f411',
      { contents: CONTENTS, faults: [{ kind: 'sector-not-erasable', address: 0x0800_4000 }] },
    ]);
    expect(await world.run('erase', '--sectors', '0-1', '--yes')).toBe(6);
    expect(flat(world.terminal.err.text)).toContain(
      '✗ Part of the memory cannot be erased The sector at 0x08004000 (16 KB)',
    );
    expect(flat(world.terminal.err.text)).toContain('Some of the sectors may be erased already.');
  });
});

describe('unprotect', () => {
  it('needs the sentence; --yes is not enough', async () => {
    world = new FakeWorld(['f411', { protection: 1, contents: CONTENTS }]);
    expect(await world.run('unprotect', '--yes')).toBe(5);
    expect(world.terminal.err.text).toContain('✗ Unlocking needs your word for it');
    expect(await world.run('unprotect', '--consent', 'yes')).toBe(5);
    expect(await world.inTerminal('y').run('unprotect')).toBe(5);
    expect(world.device.protection).toBe(1);
  });

  it('asks for it in a terminal, and unlocks', async () => {
    world = new FakeWorld(['f411', { protection: 1, contents: CONTENTS }]);
    expect(await world.inTerminal(CONSENT).run('unprotect')).toBe(0);
    expect(world.terminal.asked).toEqual([`To go on, type: ${CONSENT}\n> `]);
    expect(world.terminal.out.text).toContain('The device is unlocked');
    expect(world.device.protection).toBe(0);
  });

  it('an empty answer is a cancel', async () => {
    world = new FakeWorld(['f411', { protection: 1 }]);
    expect(await world.inTerminal('').run('unprotect')).toBe(8);
    expect(world.device.protection).toBe(1);
  });

  it('takes the sentence as an option where nobody is there', async () => {
    world = new FakeWorld(['f411', { protection: 1, contents: CONTENTS }]);
    expect(await world.run('unprotect', '--consent', CONSENT, '--json')).toBe(0);
    expect(world.jsonLines.at(-1)).toMatchObject({ type: 'outcome', unlocked: true });
  });

  it('leaves a device alone that is not locked', async () => {
    world = new FakeWorld(['f411', { contents: CONTENTS }]);
    expect(await world.run('unprotect', '--consent', CONSENT)).toBe(0);
    expect(world.terminal.out.text).toContain('not locked');
    expect(world.device.flash.read(0x0800_0000, 100)).toEqual(CONTENTS[0]?.bytes.slice(0, 100));
  });

  it('is for one device at a time', async () => {
    world = new FakeWorld(['f411'], ['f405']);
    expect(await world.run('unprotect', '--all', '--consent', CONSENT)).toBe(2);
  });
});

describe('enter-bootloader', () => {
  const vectors = [{ address: 0x0800_0000, bytes: Uint8Array.of(0, 0, 0, 0x20, 0x01, 0x01, 0, 0x08) }];
  const usb = {
    vendorId: 0x1209,
    productId: 1,
    usbVersion: 0x0200,
    deviceVersion: 0x0100,
    manufacturer: 'M',
    product: 'P',
    serial: 'S',
  };
  const runtime = { willDetach: true, detachTimeout: 1000 };

  it('sends an application there and finds the bootloader', async () => {
    world = new FakeWorld(['f405', { boot0: false, contents: vectors, application: { usb, runtime } }]);
    expect(await world.run('enter-bootloader', '--device', '1-1')).toBe(0);
    expect(world.terminal.out.text).toContain('✓ The device at 1-1 is in its bootloader now: USB 0483:DF11.');
    expect(world.device.running).toBe('bootloader');
  });

  it('leaves a bootloader where it is', async () => {
    world = new FakeWorld(['f405']);
    expect(await world.run('enter-bootloader', '--json')).toBe(0);
    expect(world.jsonLines.at(-1)).toMatchObject({
      type: 'outcome',
      path: '1-1',
      usb: '0483:DF11',
      entered: false,
    });
  });

  it('of an application that offers no way says how to do it by hand', async () => {
    world = new FakeWorld(['f405', { boot0: false, contents: vectors, application: { usb } }]);
    expect(await world.run('enter-bootloader', '--usb', '1209:0001')).toBe(5);
    expect(world.terminal.err.text).toContain('BOOT0');
  });
});

describe('leave', () => {
  it('tells what was seen, and that a start may fail', async () => {
    world = new FakeWorld(
      ['f405', { contents: [{ address: 0x0800_0000, bytes: Uint8Array.of(0, 0, 0, 0x20, 1, 1, 0, 8) }] }],
      ['h743-v-0x90'],
    );
    expect(await world.run('leave', '--device', '1-1')).toBe(0);
    expect(world.terminal.out.text).toContain('✓ The bootloader has started the application and left USB.');
    expect(world.device.running).toBe('application');
    world.clear();
    expect(await world.run('leave', '--device', '1-2', '--json')).toBe(0);
    expect(world.jsonLines.at(-1)).toMatchObject({ type: 'outcome', left: true, unreliable: true });
  });
});

import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { writeIntelHex } from '../../../firmware/intel-hex.ts';
import { demoFirmware } from '../../../virtual/demo-firmware.ts';

let world = new FakeWorld();
afterEach(() => world.dispose());

const OLD = demoFirmware(1);
const NEW = demoFirmware(2);
const SETTINGS = { address: 0x0811_f000, bytes: new Uint8Array(64).fill(0x42) };

/** The new firmware as a file, and a world with a device that holds the old one. */
function withOldFirmware(name = 'h743-v-0x90'): string {
  world = new FakeWorld([name, { contents: [...OLD.ranges, SETTINGS] }]);
  return newFirmware();
}

function newFirmware(): string {
  const file = world.path('new.hex');
  writeFileSync(file, writeIntelHex(NEW));
  return file;
}

/** A small raw file with a vector table that can start. */
function rawFile(size = 4096, name = 'app.bin'): string {
  const bytes = new Uint8Array(size).map((_, at) => at % 251);
  bytes.set([0, 0, 2, 0x20, 0x81, 0x01, 0, 0x08]);
  const file = world.path(name);
  writeFileSync(file, bytes);
  return file;
}

function holdsNew(device = world.device): boolean {
  return NEW.ranges.every(({ address, bytes }) =>
    Buffer.from(device.flash.read(address, bytes.length)).equals(bytes),
  );
}

/** Of interrupted updates; the log lies beside it. */
function remembered(): readonly string[] {
  return readdirSync(world.stateFolder).filter((name) => name !== 'logs');
}

function erases(device = world.device): number {
  return device.flash.eraseCounts.reduce((sum, count) => sum + count, 0);
}

describe('an update', () => {
  it('says what it is about, does it, and says exactly what was proven', async () => {
    const file = withOldFirmware();
    expect(await world.run('flash', file, '--yes')).toBe(0);
    const text = world.terminal.out.text;
    expect(text).toContain('STM32 H74x/H75x · stepping V · bootloader V9.0 (0x90) · at 1-1');
    expect(text).toMatch(/Image +new\.hex\n +Intel HEX · 245 776 bytes · sha256 [0-9a-f]{16}…/);
    expect(text).toContain('Stepwise ends such an erase itself');
    expect(text).toMatch(/✓ Done: 245 776 bytes read back and equal, in [\d.]+ s\./);
    expect(text.replace(/\s+/g, ' ')).toContain(
      '1 sector was right already, 2 sectors were rewritten. 64 bytes beside the image were kept.',
    );
    expect(text).toContain('Unplug the device, set BOOT0 back, plug it in.');
    expect(holdsNew()).toBe(true);
    expect(world.device.flash.read(SETTINGS.address, 64)).toEqual(SETTINGS.bytes);
    expect(remembered()).toEqual([]);
  });

  it('of a device that is right already erases nothing', async () => {
    const file = withOldFirmware();
    await world.run('flash', file, '--yes');
    const before = erases();
    world.clear();
    expect(await world.run('flash', file, '--yes')).toBe(0);
    expect(world.terminal.out.text).toContain('The device held this image already');
    expect(erases()).toBe(before);
  });

  it('loses what lies beside the image only when told to, and says so', async () => {
    const file = withOldFirmware();
    expect(await world.run('flash', file, '--yes', '--discard-outside')).toBe(0);
    expect(world.terminal.out.text).toMatch(/Lost +[\d ]+ bytes beside the image/);
    expect(world.device.flash.read(SETTINGS.address, 64)).toEqual(new Uint8Array(64).fill(0xff));
  });

  it('takes the policy from its options', async () => {
    const file = withOldFirmware();
    expect(await world.run('flash', file, '--yes', '--vector-table-last')).toBe(0);
    expect(world.terminal.out.text).toContain('The first sector is erased first and written last.');
    world.clear();
    expect(await world.run('flash', file, '--yes', '--flash-size', '64')).toBe(5);
  });

  it('starts the application when asked to, and promises nothing', async () => {
    world = new FakeWorld(['f405']);
    expect(await world.run('flash', rawFile(), '--yes', '--leave')).toBe(0);
    expect(world.terminal.out.text).toContain('started the application');
    expect(world.device.running).toBe('application');
  });

  it('tells under --verbose of every sector', async () => {
    world = new FakeWorld(['f405']);
    await world.run('flash', rawFile(20_000), '--yes', '--verbose');
    expect(world.terminal.err.text).toContain('0x08004000   16 KB  was read back and is right');
  });
});

describe('the question', () => {
  it('is asked in a terminal, and yes goes on', async () => {
    const file = withOldFirmware();
    expect(await world.inTerminal('y').run('flash', file)).toBe(0);
    expect(world.terminal.asked).toEqual(['Go on? [y/N] ']);
    expect(holdsNew()).toBe(true);
  });

  it.each([['n'], [''], ['yes please']])('answered with %j changes nothing', async (answer) => {
    const file = withOldFirmware();
    expect(await world.inTerminal(answer).run('flash', file)).toBe(8);
    expect(world.terminal.err.text).toContain('Nothing was changed on the device.');
    expect(erases()).toBe(0);
  });

  it('cannot be asked without a terminal, nor by a program', async () => {
    const file = withOldFirmware();
    expect(await world.run('flash', file)).toBe(2);
    expect(world.terminal.err.text).toContain('add --yes');
    expect(await world.inTerminal().run('flash', file, '--json')).toBe(2);
    expect(world.device.transfers).toBe(0);
  });
});

describe('a file', () => {
  it('that is raw is put at the start of flash, and that is said', async () => {
    world = new FakeWorld(['f405']);
    expect(await world.run('flash', rawFile(), '--yes')).toBe(0);
    expect(world.terminal.out.text).toContain('placed at 0x08000000: a raw file does not say');
  });

  it('that is raw goes where --address says', async () => {
    world = new FakeWorld(['f405']);
    const file = rawFile(1024);
    expect(await world.run('flash', file, '--yes', '--address', '0x08020000')).toBe(0);
    expect(world.terminal.out.text).toContain('0x08020000–0x080203FF');
    expect(world.terminal.out.text).not.toContain('placed at');
    expect(world.device.flash.read(0x0802_0000, 4)).toEqual(Uint8Array.of(0, 0, 2, 0x20));
  });

  it('that is no firmware is not taken for a memory image', async () => {
    world = new FakeWorld(['f405']);
    const file = world.path('notes.txt');
    writeFileSync(file, 'hello');
    expect(await world.run('flash', file, '--yes')).toBe(9);
    expect(world.terminal.err.text).toContain('no firmware file that Stepwise knows');
  });

  it('that is not there is told', async () => {
    world = new FakeWorld(['f405']);
    expect(await world.run('flash', world.path('nothing.hex'), '--yes')).toBe(9);
  });

  it('that does not fit is refused before anything is erased', async () => {
    world = new FakeWorld(['f405']);
    expect(await world.run('flash', rawFile(2_000_000), '--yes')).toBe(5);
    expect(world.terminal.err.text).toMatch(
      /✗ This firmware is not for this device\n.*\n {2}Nothing was changed on the device\./,
    );
    expect(erases()).toBe(0);
  });

  it('that could not start is said to be odd', async () => {
    world = new FakeWorld(['f405']);
    const file = world.path('odd.bin');
    writeFileSync(file, new Uint8Array(64).fill(0x11));
    await world.inTerminal('n').run('flash', file);
    expect(world.terminal.out.text).toMatch(
      /Odd +The initial stack pointer 0x11111111 is not in the chip's RAM\./,
    );
  });
});

describe('stopped in mid-write', () => {
  async function stopAtFirstBlock(file: string, ...args: string[]): Promise<number> {
    world.terminal.err.onWrite = (text) => {
      if (text.includes('Writing')) {
        world.terminal.err.onWrite = () => undefined;
        world.terminal.stop();
      }
    };
    return world.run('flash', file, '--yes', ...args);
  }

  it('it ends safely, says how the device is, and the same command finishes', async () => {
    const file = withOldFirmware();
    expect(await stopAtFirstBlock(file)).toBe(8);
    expect(world.terminal.err.text).toContain('Stopping after the current block.');
    expect(world.terminal.err.text.replace(/\s+/g, ' ')).toContain(
      'The update is not complete. The device’s bootloader is unharmed',
    );
    expect(holdsNew()).toBe(false);

    world.clear();
    expect(await world.run('flash', file, '--yes')).toBe(0);
    expect(world.terminal.out.text.replace(/\s+/g, ' ')).toContain(
      'Resumes An update with new.hex was interrupted (2026-01-02 03:04 UTC). It goes on where flash differs. The 64 bytes it had saved go back to their place.',
    );
    expect(holdsNew()).toBe(true);
    expect(world.device.flash.read(SETTINGS.address, 64)).toEqual(SETTINGS.bytes);
    expect(world.terminal.isListening).toBe(false);
  });

  it('a second time it ends at once, with the same statement', async () => {
    const file = withOldFirmware();
    world.terminal.err.onWrite = (text) => {
      if (text.includes('Writing')) {
        world.terminal.err.onWrite = () => undefined;
        world.terminal.stop();
        world.terminal.stop('SIGTERM');
      }
    };
    await world.run('flash', file, '--yes');
    expect(world.terminal.exits).toEqual([130]);
    expect(world.terminal.err.text).toMatch(/Stopped\. The update is not complete\./);
  });

  it('an interrupted update can be dropped knowingly', async () => {
    const file = withOldFirmware();
    await stopAtFirstBlock(file);
    world.clear();
    expect(await world.run('flash', file, '--yes', '--forget')).toBe(0);
    expect(world.terminal.err.text.replace(/\s+/g, ' ')).toContain(
      'is dropped, and the 64 bytes it had saved.',
    );
    expect(world.terminal.out.text).not.toContain('Resumes');
  });

  it('declining to go on keeps what was saved', async () => {
    const file = withOldFirmware();
    await stopAtFirstBlock(file);
    const saved = remembered();
    world.clear();
    expect(await world.inTerminal('n').run('flash', file, '--forget')).toBe(8);
    expect(remembered()).toEqual(saved);
  });

  it('what was remembered and cannot be read is set aside and told', async () => {
    const file = withOldFirmware();
    await stopAtFirstBlock(file);
    const [entry = ''] = remembered();
    writeFileSync(join(world.stateFolder, entry), 'torn');
    world.clear();
    expect(await world.run('flash', file, '--yes')).toBe(0);
    expect(world.terminal.err.text).toContain('cannot be read; it lies now at');
  });
});

describe('when something goes wrong', () => {
  it('a state folder that cannot be written stops it before the first erase', async () => {
    const file = withOldFirmware();
    const notAFolder = world.path('file');
    writeFileSync(notAFolder, '');
    world.environment.STEPWISE_STATE = join(notAFolder, 'state');
    expect(await world.run('flash', file, '--yes')).toBe(9);
    expect(world.terminal.err.text).toContain('✗ A file on this computer is in the way');
    expect(world.terminal.err.text).toContain('Nothing was changed on the device.');
    expect(erases()).toBe(0);
  });

  it('a device that is unplugged for good leaves a way out', async () => {
    world = new FakeWorld([
      'f405',
      { faults: [{ kind: 'disconnect', at: { command: 'write', skip: 1 }, when: 'before' }] },
    ]);
    expect(await world.run('flash', rawFile(16_384), '--yes')).toBe(6);
    const text = world.terminal.err.text.replace(/\s+/g, ' ');
    expect(text).toContain('✗ The device was disconnected');
    expect(text).toContain('a bootloader in ROM cannot be overwritten');
    expect(text).toContain('The update is not complete.');
    expect(text).toContain('→ Plug it in again and run the same command.');
  });

  it('a device that is plugged in again goes on by itself', async () => {
    world = new FakeWorld([
      'f405',
      { faults: [{ kind: 'disconnect', at: { command: 'write', skip: 1 }, when: 'before' }] },
    ]);
    world.terminal.err.onWrite = (text) => {
      if (text.includes('Unplug it and plug it in again')) void world.bus.replug('1-1');
    };
    expect(await world.run('flash', rawFile(16_384), '--yes', '--replug-patience', '60')).toBe(0);
    expect(world.terminal.out.text).toContain('It was interrupted once on the way and went on by itself.');
  });

  it('a stop while it waits for the device is a cancel', async () => {
    world = new FakeWorld([
      'f405',
      { faults: [{ kind: 'disconnect', at: { command: 'write', skip: 1 }, when: 'before' }] },
    ]);
    world.terminal.err.onWrite = (text) => {
      if (text.includes('Unplug it and plug it in again')) world.terminal.stop();
    };
    expect(await world.run('flash', rawFile(16_384), '--yes', '--replug-patience', '60')).toBe(8);
    expect(world.terminal.err.text).toContain('The update is not complete.');
  });

  it('a locked device is not touched', async () => {
    world = new FakeWorld(['f405', { protection: 1 }]);
    expect(await world.run('flash', rawFile(), '--yes')).toBe(5);
    expect(world.terminal.err.text).toContain('`stepwise unprotect` unlocks it.');
  });

  it('a bootloader of another maker needs a word for it', async () => {
    world = new FakeWorld(['gd32vf103']);
    expect(await world.run('flash', rawFile(), '--yes')).toBe(5);
    expect(world.terminal.err.text).toContain('--allow-other-bootloaders');
    world.clear();
    expect(await world.run('flash', rawFile(), '--yes', '--allow-other-bootloaders')).toBe(0);
    expect(world.terminal.out.text).toContain('not ST’s own bootloader');
  });

  it('no device at all is told', async () => {
    world = new FakeWorld();
    expect(await world.run('flash', rawFile(), '--yes')).toBe(3);
  });
});

describe('several devices', () => {
  function threeDevices(): string {
    world = new FakeWorld(['f405'], ['f405', { protection: 1 }], ['f411']);
    return rawFile(16_384);
  }

  it('are not guessed among', async () => {
    const file = threeDevices();
    expect(await world.run('flash', file, '--yes')).toBe(3);
    expect(world.terminal.err.text).toContain('1-1, 1-2, 1-3');
  });

  it('are updated side by side, and one that fails stops no other', async () => {
    const file = threeDevices();
    expect(await world.run('flash', file, '--yes', '--all')).toBe(5);
    const { out, err } = world.terminal;
    expect(out.text).toContain('1-1  ✓ Done: 16 384 bytes');
    expect(out.text).toContain('1-3  ✓ Done: 16 384 bytes');
    expect(err.text).toContain('1-2  ✗ This device is locked');
    for (const line of out.lines.slice(out.lines.findIndex((each) => each.startsWith('1-')))) {
      expect(line).toMatch(/^(1-[13] {2}.*|)$/);
    }
  });

  it('are asked for together, once', async () => {
    const file = threeDevices();
    expect(await world.inTerminal('y').run('flash', file, '--all')).toBe(5);
    expect(world.terminal.asked).toEqual(['Go on? [y/N] ']);
    expect(world.devices.map(erases)).toEqual([1, 0, 1]);
  });
});

describe('for programs', () => {
  it('every line is JSON, and the last one is the outcome', async () => {
    const file = withOldFirmware();
    expect(await world.run('flash', file, '--yes', '--json')).toBe(0);
    const lines = world.jsonLines;
    expect(new Set(lines.map(({ type }) => type))).toEqual(
      new Set(['image', 'plan', 'phase', 'progress', 'sector', 'outcome']),
    );
    expect(lines.at(-1)).toMatchObject({
      type: 'outcome',
      device: '1-1',
      exitCode: 0,
      unchanged: 1,
      rewritten: 2,
      proven: 245_776,
      preserved: 64,
      recoveries: 0,
    });
    expect(world.terminal.err.text).toBe('');
  });

  it('a failure is the last line, with code, facts, condition and words', async () => {
    world = new FakeWorld([
      'f405',
      { faults: [{ kind: 'disconnect', at: { command: 'write' }, when: 'before' }] },
    ]);
    expect(await world.run('flash', rawFile(), '--yes', '--json')).toBe(6);
    expect(world.jsonLines.at(-1)).toMatchObject({
      type: 'failure',
      device: '1-1',
      exitCode: 6,
      failure: { code: 'disconnected', condition: 'incomplete', facts: { path: '1-1' } },
      words: { title: 'The device was disconnected' },
    });
  });

  it('a failure before there is a device has a line as well', async () => {
    world = new FakeWorld();
    expect(await world.run('flash', rawFile(), '--yes', '--json')).toBe(3);
    expect(world.jsonLines).toEqual([
      expect.objectContaining({
        type: 'failure',
        exitCode: 3,
        failure: expect.objectContaining({ code: 'no-device' }) as unknown,
      }),
    ]);
  });

  it('each of several devices has its own last line', async () => {
    world = new FakeWorld(['f405'], ['f405', { protection: 1 }]);
    expect(await world.run('flash', rawFile(), '--yes', '--json', '--all')).toBe(5);
    const last = (device: string) => world.jsonLines.findLast((line) => line.device === device);
    expect(last('1-1')).toMatchObject({ type: 'outcome', exitCode: 0 });
    expect(last('1-2')).toMatchObject({ type: 'failure', exitCode: 5 });
  });
});

describe('on a screen', () => {
  it('one line is drawn over itself and is gone at the end, with the cursor back', async () => {
    const file = withOldFirmware();
    await world.inTerminal().run('flash', file, '--yes');
    const { text } = world.terminal.err;
    expect(text).toContain('█');
    expect(text).toContain('Erasing 0x08100000 · seconds are normal here');
    expect(text.split('\u001b[?25l').length).toBe(text.split('\u001b[?25h').length);
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'));
    expect(text.endsWith('\r\u001b[0J\u001b[?25h')).toBe(true);
  });

  it('several devices have a line each', async () => {
    world = new FakeWorld(['f405'], ['f411']);
    await world.inTerminal().run('flash', rawFile(16_384), '--yes', '--all');
    expect(world.terminal.err.text).toMatch(/1-1 {2}[█░]+.*\r\n.*1-2 {2}[█░]+/);
  });

  it('more devices than lines are told of in plain lines', async () => {
    world = new FakeWorld(['f405'], ['f411']);
    world.inTerminal().terminal.err.rows = 2;
    await world.run('flash', rawFile(16_384), '--yes', '--all');
    expect(world.terminal.err.text).not.toContain('█');
    expect(world.terminal.err.text).toContain('1-2  Writing');
  });

  it('a terminal without Unicode gets none', async () => {
    const file = withOldFirmware();
    world.environment = { LANG: 'C', STEPWISE_STATE: world.stateFolder };
    await world.inTerminal().run('flash', file, '--yes');
    expect(world.terminal.err.text + world.terminal.out.text).toMatch(/^[\t\n\r\u001b -~]*$/);
    expect(world.terminal.err.text).toMatch(/#+\.+/);
  });
});

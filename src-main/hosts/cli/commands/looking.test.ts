import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { Journal } from '../../../flash/journal.ts';
import { UsbError, type UsbDevice } from '../../../usb/port.ts';
import { writeIntelHex } from '../../../firmware/intel-hex.ts';
import { demoFirmware } from '../../../virtual/demo-firmware.ts';

let world = new FakeWorld();
afterEach(() => world.dispose());

const flat = (text: string) => text.replace(/\s+/g, ' ');

/** Remembers that an update of the F405 at 1-1 was interrupted. */
async function interrupt(): Promise<void> {
  await new Journal(world.stateFolder).write({
    device: { path: '1-1', serial: '325E35633334' },
    image: '0'.repeat(64),
    name: 'app.dfu',
    started: '2026-01-02T03:04:05.000Z',
    preserved: [],
  });
}

/** The world's first device, but the system does not let it be opened. */
function refuseToOpen(kind: UsbError['kind']): void {
  const { bus } = world;
  world.openBus = async () => {
    const [device] = await bus.list();
    const closed: Partial<UsbDevice> = {
      path: device?.path ?? '',
      identity: device?.identity as UsbDevice['identity'],
      open: () => Promise.reject(new UsbError(kind, 'open')),
      close: () => Promise.resolve(),
    };
    return {
      list: () => Promise.resolve([closed as UsbDevice]),
      subscribe: () => () => undefined,
      close: () => Promise.resolve(),
    };
  };
}

const APPLICATION = {
  boot0: false,
  contents: [{ address: 0x0800_0000, bytes: Uint8Array.of(0, 0, 0, 0x20, 0x01, 0x01, 0, 0x08) }],
  application: {
    usb: {
      vendorId: 0x1209,
      productId: 1,
      usbVersion: 0x0200,
      deviceVersion: 0x0100,
      manufacturer: 'M',
      product: 'P',
      serial: 'S',
    },
    runtime: { willDetach: true, detachTimeout: 1000 },
  },
} as const;

describe('devices', () => {
  it('are listed by port, with what is known of each', async () => {
    world = new FakeWorld(['h743-v-0x90'], ['f405', { protection: 1 }]);
    expect(await world.run('devices')).toBe(0);
    expect(world.terminal.out.lines).toEqual([
      '1-1  STM32 H74x/H75x · stepping V · bootloader V9.0 (0x90)',
      '     serial number 200364500000',
      expect.stringMatching(/^1-2 {2}STM32/),
      '     serial number 325E35633334',
      '     locked against reading and writing',
    ]);
  });

  it('none is an answer too', async () => {
    world = new FakeWorld();
    expect(await world.run('devices')).toBe(0);
    expect(world.terminal.out.text).toContain('No device is in its bootloader.');
    expect(await world.run('devices', '--json')).toBe(0);
    expect(world.terminal.out.text).toContain('"devices": []');
  });

  it('that cannot be opened say why, and how to change that', async () => {
    world = new FakeWorld(['f405']);
    refuseToOpen('no-permission');
    expect(await world.run('devices')).toBe(0);
    expect(world.terminal.out.text).toContain('1-1  USB 0483:DF11, cannot be used (no-permission)');
    expect(world.terminal.out.text).toContain(
      '    sudo cp /opt/stepwise/resources/70-stepwise.rules /etc/udev/rules.d/\n',
    );
  });

  it('tell of an interrupted update', async () => {
    world = new FakeWorld(['f405']);
    await interrupt();
    await world.run('devices');
    expect(flat(world.terminal.out.text)).toContain(
      'An update with app.dfu was interrupted (2026-01-02 03:04 UTC)',
    );
  });

  it('of other kinds are named without being opened', async () => {
    world = new FakeWorld(['f405', APPLICATION]);
    await world.run('devices', '--every');
    expect(world.terminal.out.text).toContain('Other USB devices, not opened:\n1-1  USB 1209:0001');
    expect(world.device.transfers).toBe(0);
  });

  it('for programs are one document', async () => {
    world = new FakeWorld(['h743-v-0x90']);
    await world.run('devices', '--json', '--every');
    expect(world.json).toEqual({
      devices: [
        {
          path: '1-1',
          usb: '0483:DF11',
          title: 'STM32 H74x/H75x',
          kind: 'st-rom',
          stepping: expect.objectContaining({ known: true, value: 'V' }) as unknown,
          bootloaderId: expect.objectContaining({ known: true, value: 0x90 }) as unknown,
          bootloaderVersion: expect.objectContaining({ known: true, value: 'V9.0' }) as unknown,
          readProtected: expect.objectContaining({ known: true, value: false }) as unknown,
          serial: '200364500000',
          interrupted: null,
        },
      ],
      others: [],
    });
    refuseToOpen('busy');
    world.clear();
    await world.run('devices', '--json');
    expect(world.json).toMatchObject({ devices: [{ path: '1-1', failure: { code: 'busy' } }] });
  });
});

describe('devices --watch', () => {
  const said = (text: string) => world.until(() => world.terminal.out.text.includes(text));

  it('tells what comes and goes until Ctrl-C', async () => {
    world = new FakeWorld(['f405']);
    const watching = world.run('devices', '--watch');
    await said('serial number');
    expect(world.terminal.staying).toBe(1);
    world.bus.unplug('1-1');
    await said('1-1  unplugged');
    world.bus.plug(world.device, '1-4');
    await said('1-4  STM32');
    world.terminal.stop();
    expect(await watching).toBe(0);
    expect(world.terminal.out.lines.filter((line) => !line.startsWith(' '))).toEqual([
      '1-1  STM32 F405/F407 · bootloader V9.1 (0x91)',
      '1-1  unplugged',
      '1-4  STM32 F405/F407 · bootloader V9.1 (0x91)',
    ]);
    expect(world.terminal.err.text).toBe('Watching. Ctrl-C ends it.\n');
    expect(world.terminal.staying).toBe(0);
  });

  it('ends with the pipe it writes to', async () => {
    world = new FakeWorld(['f405']);
    const watching = world.run('devices', '--watch', '--json');
    await said('attached');
    world.terminal.closeReader();
    expect(await watching).toBe(0);
    expect(world.jsonLines).toEqual([expect.objectContaining({ type: 'attached', path: '1-1' })]);
  });

  it('does not tell of other devices', async () => {
    world = new FakeWorld(['f405', APPLICATION]);
    const watching = world.run('devices', '--watch');
    await world.until(() => world.terminal.err.text.includes('Watching'));
    world.terminal.stop();
    await watching;
    expect(world.terminal.out.text).toBe('');
    expect(world.terminal.err.text).toContain('No device is in its bootloader yet.');
  });
});

describe('info', () => {
  it('gives each fact with how it is known, and each defect with what it means', async () => {
    world = new FakeWorld(['h743-v-0x90']);
    expect(await world.run('info')).toBe(0);
    const text = flat(world.terminal.out.text);
    expect(text).toContain('Stepping V · the USB serial number of this loader is DBGMCU_IDCODE');
    expect(text).toContain('Bootloader V9.0, ID 0x90 · read at 0x1FF1E7FE');
    expect(text).toContain('h7-bank2-erase-busy-for-ever');
    expect(text).toContain('Stepwise ends such an erase itself');
    expect(Math.max(...world.terminal.out.lines.map((line) => line.length))).toBeLessThan(80);
  });

  it('says of what is not known why', async () => {
    world = new FakeWorld(['f405']);
    await world.run('info');
    expect(world.terminal.out.text).toMatch(/Unique ID +not known: not readable over USB on this chip/);
  });

  it('looks at bootloaders it would not update', async () => {
    world = new FakeWorld(['gd32vf103']);
    expect(await world.run('info')).toBe(0);
    expect(world.terminal.out.text).toContain('a bootloader of another maker');
  });

  it('of an application says that it is none', async () => {
    world = new FakeWorld(['f405', APPLICATION]);
    expect(await world.run('info', '--device', '1-1')).toBe(5);
    expect(world.terminal.err.text).toContain('✗ This device is not in a bootloader');
  });

  it('tells of an interrupted update', async () => {
    world = new FakeWorld(['f405']);
    await interrupt();
    await world.run('info');
    expect(world.terminal.out.text).toMatch(/Resumes +An update with app.dfu was interrupted/);
  });

  it('for programs is one document, whatever happens to one of the devices', async () => {
    world = new FakeWorld(['h743-v-0x90'], ['f405', APPLICATION]);
    expect(await world.run('info', '--json', '--all', '--usb', '1209:0001')).toBe(5);
    expect(world.json).toMatchObject({
      devices: [
        {
          path: '1-1',
          title: 'STM32 H74x/H75x',
          interrupted: false,
          findings: expect.arrayContaining([
            expect.objectContaining({ severity: 'handled', meaning: 'Stepwise erases sector by sector.' }),
          ]) as unknown,
        },
        { path: '1-2', failure: { code: 'not-dfuse' } },
      ],
    });
  });
});

describe('plan', () => {
  function firmware(): string {
    const file = world.path('demo.hex');
    writeFileSync(file, writeIntelHex(demoFirmware(2)));
    return file;
  }

  it('is a table of sectors with their times, and changes nothing', async () => {
    world = new FakeWorld(['h743-v-0x90']);
    expect(await world.run('plan', firmware())).toBe(0);
    const { lines } = world.terminal.out;
    expect(lines.slice(-6)).toEqual([
      'Sector     Address    Size          Image  Erase  Write  Read back',
      expect.stringMatching(
        /^ {5}0 {2}0x08000000 {2}128 KB {6}all of it {2}[\d.]+ s {2}[\d.]+ s {6}0\.\d s$/,
      ),
      expect.stringMatching(/^ {5}1 {2}0x08020000 {2}128 KB {3}22 540 bytes/),
      expect.stringMatching(/^ {5}8 {2}0x08100000 {2}128 KB {3}92 164 bytes/),
      expect.stringMatching(/^ Total {14}384 KB {2}245 776 bytes/),
      '',
    ]);
    expect(world.device.flash.eraseCounts.every((count) => count === 0)).toBe(true);
  });

  it('puts equal pages together, unless --verbose asks for each', async () => {
    world = new FakeWorld(['h563']);
    const file = world.path('large.bin');
    writeFileSync(file, new Uint8Array(100_000).fill(1));
    await world.run('plan', file);
    expect(world.terminal.out.text).toMatch(/ {2}0–11 {2}0x08000000 {2}12 × 8 KB +all of it/);
    world.clear();
    await world.run('plan', file, '--verbose');
    expect(world.terminal.out.text).toMatch(/\n +7 {2}0x0800E000 +8 KB/);
  });

  it('for programs is one document', async () => {
    world = new FakeWorld(['h743-v-0x90'], ['f405']);
    expect(await world.run('plan', firmware(), '--json', '--all')).toBe(5);
    expect(world.json).toMatchObject({
      image: {
        name: 'demo.hex',
        format: 'intel-hex',
        bytes: 245_776,
        ranges: [{ address: 0x0800_0000 }, { address: 0x0810_0000 }],
      },
      devices: [
        {
          path: '1-1',
          interrupted: false,
          plan: {
            bytes: 245_776,
            outside: 'preserve',
            sectors: [
              { index: 0, address: 0x0800_0000, size: 131_072, bytes: 131_072 },
              { index: 1 },
              { index: 8 },
            ],
            handled: [{ name: 'h7-bank2-erase-busy-for-ever' }],
            oddities: [],
          },
        },
        { path: '1-2', failure: { code: 'plan-refused', condition: 'untouched' } },
      ],
    });
  });
});

describe('verify', () => {
  function worldWithDemo(): string {
    world = new FakeWorld(['h743-v-0x90', { contents: demoFirmware(1).ranges }]);
    const file = world.path('demo.hex');
    writeFileSync(file, writeIntelHex(demoFirmware(1)));
    return file;
  }

  it('of what is there is exit code 0', async () => {
    const file = worldWithDemo();
    expect(await world.run('verify', file)).toBe(0);
    expect(world.terminal.out.text).toContain(
      '✓ The device holds this image: 245 776 bytes read back and equal',
    );
  });

  it('of something else is exit code 7, and says where', async () => {
    const file = worldWithDemo();
    writeFileSync(file, writeIntelHex(demoFirmware(2)));
    expect(await world.run('verify', file)).toBe(7);
    expect(world.terminal.out.text).toMatch(
      /✗ The device does not hold this image: [\d ]+ of 245 776 bytes differ\.\n {2}0x0800/,
    );
    world.clear();
    expect(await world.run('verify', file, '--json')).toBe(7);
    expect(world.jsonLines.at(-1)).toMatchObject({
      type: 'outcome',
      exitCode: 7,
      equal: false,
      compared: 245_776,
    });
  });

  it('of a blank device does not print every block', async () => {
    world = new FakeWorld(['h743-v-0x90']);
    writeFileSync(world.path('demo.hex'), writeIntelHex(demoFirmware(1)));
    expect(await world.run('verify', world.path('demo.hex'))).toBe(7);
    expect(world.terminal.out.lines.length).toBeLessThan(16);
  });
});

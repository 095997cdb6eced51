import { afterEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../test/cli/fake-world.ts';
import { CLONES } from '../../devices/clones.ts';
import { UsbError, type UsbBus, type UsbDevice } from '../../usb/port.ts';
import { BOOTLOADER_IDS } from '../../devices/bootloader-ids.ts';
import { chooseDevices, formatUsbId, type Choice } from './choose-devices.ts';

let world = new FakeWorld();
afterEach(() => world.dispose());

async function chosen(choice: Choice): Promise<string[]> {
  return (await chooseDevices(world.bus, choice)).map(({ path }) => path);
}

it('every USB ID that is looked at is one the engine knows', () => {
  const known = BOOTLOADER_IDS.filter(({ vendorId, productId }) =>
    CLONES.some((clone) =>
      clone.evidence({
        vendorId,
        productId,
        deviceVersion: 0,
        usbVersion: 0,
        layouts: [],
        transferSize: 0,
        dfuVersion: 0,
      }),
    ),
  );
  expect(BOOTLOADER_IDS.map(formatUsbId)).toEqual(['0483:DF11', ...known.map(formatUsbId)]);
});

describe('without a name', () => {
  it('the only device is meant', async () => {
    world = new FakeWorld(['f405']);
    expect(await chosen({})).toEqual(['1-1']);
  });

  it('none is no device', async () => {
    world = new FakeWorld();
    await expect(chosen({})).rejects.toMatchObject({ code: 'no-device' });
  });

  it('of several none is guessed, and all only when that is said', async () => {
    world = new FakeWorld(['f405'], ['f411']);
    await expect(chosen({})).rejects.toMatchObject({
      code: 'several-devices',
      facts: { paths: ['1-1', '1-2'] },
    });
    expect(await chosen({ all: true })).toEqual(['1-1', '1-2']);
  });

  it('an application is not looked at, unless its USB ID is given', async () => {
    world = new FakeWorld(['f405', running(0x1209)]);
    await expect(chosen({})).rejects.toMatchObject({ code: 'no-device' });
    expect(await chosen({ usb: [{ vendorId: 0x1209, productId: 1 }] })).toEqual(['1-1']);
  });
});

describe('by name', () => {
  it('a port is meant whatever is plugged in there', async () => {
    world = new FakeWorld(['f405', running(0x1209)], ['f411']);
    expect(await chosen({ device: '1-1' })).toEqual(['1-1']);
  });

  it('a serial number is meant where it is the only one of its kind', async () => {
    world = new FakeWorld(['f405'], ['f405', { serial: 'ABC123' }]);
    expect(await chosen({ device: 'ABC123' })).toEqual(['1-2']);
  });

  it('a serial number that two devices have decides nothing', async () => {
    world = new FakeWorld(['f405'], ['f405']);
    await expect(chosen({ device: '325E35633334' })).rejects.toMatchObject({ code: 'several-devices' });
  });

  it('a name nobody has is told', async () => {
    world = new FakeWorld(['f405']);
    await expect(chosen({ device: '1-9' })).rejects.toMatchObject({
      code: 'no-device',
      facts: { wanted: '1-9' },
    });
  });

  it('where a serial number could not be read, that is why', async () => {
    const bus = { list: () => Promise.resolve([locked]) } as Partial<UsbBus> as UsbBus;
    await expect(chooseDevices(bus, { device: 'ABC' })).rejects.toMatchObject({ code: 'no-permission' });
  });
});

function running(vendorId: number) {
  return {
    boot0: false,
    contents: [{ address: 0x0800_0000, bytes: Uint8Array.of(0, 0, 0, 0x20, 0x01, 0x01, 0, 0x08) }],
    application: {
      usb: {
        vendorId,
        productId: 1,
        usbVersion: 0x0200,
        deviceVersion: 0x0100,
        manufacturer: 'M',
        product: 'P',
        serial: 'S',
      },
    },
  };
}

const locked = {
  path: '1-1',
  address: 1,
  identity: {
    vendorId: 0x0483,
    productId: 0xdf11,
    deviceVersion: 0,
    usbVersion: 0,
    manufacturerIndex: 1,
    productIndex: 2,
    serialIndex: 3,
  },
  open: () => Promise.reject(new UsbError('no-permission', 'open')),
} as Partial<UsbDevice> as UsbDevice;

import { describe, expect, it } from 'vitest';
import { inTime, rejection } from '../../test/rig/in-time.ts';
import { ScriptedDevice, type Script } from '../../test/rig/scripted-device.ts';
import { buildDescriptors, type UsbDescription } from '../virtual/descriptors.ts';
import { virtualDevices } from '../virtual/catalogue/index.ts';
import { VirtualClock } from '../virtual/clocks.ts';
import { isDfuSe, readDfuFunction, type DfuFunction } from './dfu-function.ts';

const LOADER = {
  vendorId: 0x0483,
  productId: 0xdf11,
  usbVersion: 0x0200,
  deviceVersion: 0x0200,
  manufacturer: 'STMicroelectronics',
  product: 'DFU in FS Mode',
  serial: '200364500000',
  alternates: ['@Internal Flash   /0x08000000/16*128Kg', '@Option Bytes   /0x5200201C/01*128 e'],
  dfu: { protocol: 2, attributes: 0x0b, detachTimeout: 255, transferSize: 1024, version: 0x011a },
} as const satisfies UsbDescription;

const FUNCTIONAL_LENGTH = 9;

async function read(usb: UsbDescription | undefined, script: Script = {}): Promise<DfuFunction> {
  const clock = new VirtualClock();
  const device = new ScriptedDevice({ clock, script, ...(usb && { usb }) });
  await device.open();
  return inTime(clock, readDfuFunction(device));
}

/** A loader whose configuration descriptor is another one than descriptors.ts would make. */
function withConfiguration(change: (configuration: Uint8Array) => Uint8Array): Script {
  const configuration = change(buildDescriptors(LOADER).configuration.slice());
  configuration[2] = configuration.length & 0xff;
  configuration[3] = configuration.length >>> 8;
  // Asked for twice: its first nine bytes, then all of it.
  return { descriptor: (call) => (call < 2 ? configuration : 'done') };
}

describe('a bootloader', () => {
  it('shows its alternate settings by name and what its functional descriptor says', async () => {
    expect(await read(LOADER)).toEqual({
      mode: 'bootloader',
      interfaceNumber: 0,
      alternates: LOADER.alternates.map((name, alternate) => ({ alternate, name })),
      attributes: 0x0b,
      transferSize: 1024,
      dfuVersion: 0x011a,
    });
  });

  it.each([...virtualDevices.values()].map((each) => [each.name, each.usb] as const))(
    '%s is one',
    async (_name, usb) => {
      expect(await read(usb)).toMatchObject({
        mode: 'bootloader',
        transferSize: usb.dfu?.transferSize,
        alternates: usb.alternates.map((name, alternate) => ({ alternate, name })),
      });
    },
  );

  it.each([
    [0, 1024],
    [64, 64],
    [2048, 2048],
    [4096, 4096],
    [0xffff, 4096],
  ])('that names a transfer size of %i bytes is sent blocks of %i', async (transferSize, used) => {
    expect(await read({ ...LOADER, dfu: { ...LOADER.dfu, transferSize } })).toMatchObject({
      transferSize: used,
    });
  });

  it('without a functional descriptor is no DfuSe, and is sent blocks every loader takes', async () => {
    const script = withConfiguration((bytes) => bytes.slice(0, -FUNCTIONAL_LENGTH));
    expect(await read(LOADER, script)).toMatchObject({
      mode: 'bootloader',
      attributes: 0,
      transferSize: 1024,
      dfuVersion: 0,
    });
  });

  it('of DFU 1.0 has no version', async () => {
    const script = withConfiguration((bytes) => {
      const shorter = bytes.slice(0, -2);
      shorter[shorter.length - 7] = 7;
      return shorter;
    });
    expect(await read(LOADER, script)).toMatchObject({ attributes: 0x0b, transferSize: 1024, dfuVersion: 0 });
  });

  it('need not name its alternate settings', async () => {
    const script: Script = {
      // Behind the configuration and the languages: the names.
      descriptor: (call) => (call < 3 ? 'done' : 'stall'),
    };
    expect(await read(LOADER, script)).toMatchObject({
      alternates: [
        { alternate: 0, name: undefined },
        { alternate: 1, name: undefined },
      ],
    });
  });
});

describe('an application', () => {
  it('with a run-time interface can be sent to its bootloader', async () => {
    const usb: UsbDescription = {
      ...LOADER,
      alternates: ['Application'],
      dfu: { ...LOADER.dfu, protocol: 1, attributes: 0x09 },
    };
    expect(await read(usb)).toEqual({
      mode: 'run-time',
      interfaceNumber: 0,
      attributes: 0x09,
      detachTimeout: 255,
    });
  });

  it('without one cannot', async () => {
    const { vendorId, productId, usbVersion, deviceVersion, manufacturer, product, serial } = LOADER;
    const usb = { vendorId, productId, usbVersion, deviceVersion, manufacturer, product, serial };
    expect(await read({ ...usb, alternates: ['Application'] })).toEqual({ mode: 'none' });
  });
});

it('a device that refuses to show its configuration fails with that', async () => {
  expect(await rejection(read(undefined))).toMatchObject({ name: 'UsbError', kind: 'stall' });
});

it('a device that goes while its names are read fails with that', async () => {
  const script: Script = { descriptor: (call) => (call < 3 ? 'done' : 'gone') };
  expect(await rejection(read(LOADER, script))).toMatchObject({ name: 'UsbError', kind: 'gone' });
});

it.each([
  [0x0100, false],
  [0x0110, false],
  [0x0119, false],
  [0x011a, true],
  [0x011f, true],
  [0x0120, false],
  [0, false],
])('DFU version %i is DfuSe: %s', (version, expected) => {
  expect(isDfuSe(version)).toBe(expected);
});

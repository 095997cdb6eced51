/** Every virtual device enumerates as its original does: strings and figures written down a second time, from the listings. */
import { describe, expect, it } from 'vitest';
import { familyById } from '../../stm32/families.ts';
import { DfuState } from '../../dfuse/protocol.ts';
import { VirtualClock } from '../clocks.ts';
import { TestHost } from '../test-host.ts';
import { createVirtualDevice, virtualDevices } from './index.ts';

const OLD = 'STM32  BOOTLOADER';
const NEW = 'DFU in FS Mode';
const H7_STRINGS = ['@Internal Flash   /0x08000000/16*128Kg', '@Option Bytes   /0x5200201C/01*128 e'];
const F4_REST = [
  '@Option Bytes  /0x1FFFC000/01*016 e',
  '@OTP Memory /0x1FFF7800/01*512 e,01*016 e',
  '@Device Feature/0xFFFF0000/01*004 e',
];
const DUAL_2M = '@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg,04*016Kg,01*064Kg,07*128Kg';

interface Listing {
  readonly product: string;
  readonly bcdDevice: number;
  readonly serial: string;
  readonly transferSize: number;
  readonly strings: readonly string[];
}

const old = (serial: string, strings: readonly string[]): Listing => ({
  product: OLD,
  bcdDevice: 0x2200,
  serial,
  transferSize: 2048,
  strings,
});
const modern = (serial: string, strings: readonly string[], bcdDevice = 0x0200): Listing => ({
  product: NEW,
  bcdDevice,
  serial,
  transferSize: 1024,
  strings,
});
const UID = '325E35633334';

const listings: Record<string, Listing> = {
  'h743-y-0xd2': modern('100364500000', H7_STRINGS),
  'h743-y-0xd3': modern('100364500000', H7_STRINGS),
  'h743-v-0x90': modern('200364500000', H7_STRINGS),
  'h743-v-0x91': modern('200364500000', H7_STRINGS),
  'h743-v-0x92': modern('200364500000', H7_STRINGS),
  h750: modern('200364500000', H7_STRINGS),
  h723: modern('3560376F3431', [
    '@Internal Flash   /0x08000000/8*128Kg',
    '@Option Bytes   /0x5200201C/01*88 e',
  ]),
  f405: old(UID, ['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg', ...F4_REST]),
  f411: old('STM32FxSTM32', ['@Internal Flash  /0x08000000/04*016Kg,01*064Kg,03*128Kg', ...F4_REST]),
  f427: old(UID, [DUAL_2M, '@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e', ...F4_REST.slice(1)]),
  'f427-db1m': old(UID, [
    DUAL_2M,
    '@Option Bytes  /0x1FFFC000/01*016 e/0x1FFEC000/01*016 e',
    ...F4_REST.slice(1),
  ]),
  f746: old(UID, ['@Internal Flash  /0x08000000/04*032Kg,01*128Kg,03*256Kg']),
  f767: old(UID, ['@Internal Flash  /0x08000000/04*032Kg,01*128Kg,07*256Kg']),
  'f767-dual-bank': old(UID, [DUAL_2M]),
  g0b1: modern(UID, Array<string>(3).fill('@Internal Flash   /0x08000000/64*02Kg')),
  g474: modern(UID, [
    '@Internal Flash   /0x08000000/256*02Kg',
    '@Option Bytes   /0x1FFF7800/01*048 e/0x1FFFF800/01*048 e',
    '@OTP Memory   /0x1FFF7000/01*1024 e',
  ]),
  wb55: modern(UID, ['@Internal Flash   /0x08000000/256*04Kg']),
  c071: modern(UID, ['@Internal Flash   /0x08000000/64*02Kg']),
  l072: old(UID, [
    '@Internal Flash  /0x08000000/1536*128g',
    '@DATA Memory /0x08080000/2*3Ke',
    '@Option Bytes  /0x1FF80000/01*032 e',
  ]),
  l476: old(UID, [
    '@Internal Flash  /0x08000000/0256*0002Kg',
    '@Option Bytes  /0x1FFF7800/01*040 e',
    '@OTP Memory /0x1FFF7000/01*0001Ke',
  ]),
  l4r5: old(UID, [
    '@Internal Flash  /0x08000000/512*0004Kg',
    '@Option Bytes  /0x1FF00000/01*040 e/0x1FF01000/01*040 e',
    '@OTP Memory /0x1FFF7000/01*0001Ke',
  ]),
  u575: modern(UID, [
    '@Internal Flash   /0x08000000/256*08Kg',
    '@Option Bytes   /0x40022040/01*64 e',
    '@OTP Memory   /0x0BFA0000/01*512 e',
  ]),
  h563: modern(UID, ['@Internal Flash   /0x08000000/256*08Kg'], 0x0300),
  c5: modern(
    UID,
    [
      '@Internal Flash /0x08000000/64*08Kg',
      '@Option Bytes /0x40022050/01*432e',
      '@OTP Memory /0x08FFE000/04.5*01Kg',
      '@Read only Memory /0x08FFF800/01.5*01Kg',
      '@ENGI Memory /0x40022400/01*01Kg',
    ],
    0x0300,
  ),
};

async function describeOverUsb(name: string) {
  const host = await TestHost.with(name);
  const descriptor = (type: number, index: number, language = 0) =>
    host.usb.controlIn(
      { requestType: 0x80, request: 6, value: (type << 8) | index, index: language },
      255,
      100,
    );
  const rawString = async (index: number) => (await descriptor(3, index, 0x0409)).subarray(2);
  const text = async (index: number) => Buffer.from(await rawString(index)).toString('utf16le');
  const device = await descriptor(1, 0);
  const configuration = await descriptor(2, 0);
  const parts: Uint8Array[] = [];
  for (let at = 0; at < configuration.length; at += configuration[at] ?? 1) {
    parts.push(configuration.subarray(at, at + (configuration[at] ?? 1)));
  }
  return { host, device, configuration, parts, text, rawString, descriptor };
}

const word = (bytes: Uint8Array | undefined, at: number) =>
  (bytes?.[at] ?? 0) | ((bytes?.[at + 1] ?? 0) << 8);

describe.each(Object.entries(listings))('%s', (name, listing) => {
  it('shows the strings of its original', async () => {
    const { device, parts, text } = await describeOverUsb(name);
    expect([word(device, 8), word(device, 10), word(device, 12)]).toEqual([
      0x0483,
      0xdf11,
      listing.bcdDevice,
    ]);
    expect(await text(device[14] ?? 0)).toBe('STMicroelectronics');
    expect(await text(device[15] ?? 0)).toBe(listing.product);
    expect(await text(device[16] ?? 0)).toBe(listing.serial);
    const interfaces = parts.filter((part) => part[1] === 4);
    const strings = [];
    for (const part of interfaces) strings.push(await text(part[8] ?? 0));
    expect(strings).toEqual(listing.strings);
  });

  it('has its interface descriptors first and one functional descriptor at the end', async () => {
    const { configuration, parts } = await describeOverUsb(name);
    const alternates = listing.strings.length;
    expect(parts.map((part) => part[1])).toEqual([2, ...Array<number>(alternates).fill(4), 0x21]);
    expect(word(configuration, 2)).toBe(configuration.length);
    expect(parts.slice(1, -1).map((part) => [...part.subarray(2, 8)])).toEqual(
      Array.from({ length: alternates }, (_, i) => [0, i, 0, 0xfe, 0x01, 0x02]),
    );
    const functional = parts.at(-1);
    expect([functional?.[2], word(functional, 5), word(functional, 7)]).toEqual([
      0x0b,
      listing.transferSize,
      0x011a,
    ]);
  });

  it('erases and programs its first and last sector', async () => {
    const host = await TestHost.idle(name);
    const { sectors } = host.device.flash;
    // Where the last sector does not erase as it should, another test tells how.
    const defective = host.device.definition.loader.eraseDefects.length > 0;
    for (const sector of [sectors[0], defective ? undefined : sectors.at(-1)]) {
      if (!sector) continue;
      await host.sendErase(sector.start);
      await host.getStatus();
      await host.clock.sleep(5000);
      expect(await host.getStatus()).toMatchObject({ status: 0, state: DfuState.dnloadIdle });
    }
    await host.download(0, [0x21, 0, 0, 0, 8]);
    await host.getStatus();
    await host.getStatus();
    await host.download(2, new Uint8Array(64).fill(0x5a));
    await host.getStatus();
    await host.clock.sleep(200);
    expect(await host.getStatus()).toMatchObject({ status: 0, state: DfuState.dnloadIdle });
    expect(host.device.flash.read(0x0800_0000, 1)[0]).toBe(0x5a);
    expect(host.device.flash.faults).toEqual([]);
  });

  it('has an erase time for each of its sectors', () => {
    const definition = virtualDevices.get(name);
    const sizes = definition?.chip.banks.flatMap((bank) => bank.runs.map((run) => run.size)) ?? [];
    for (const size of sizes) expect(definition?.timing.erase[size]).toBeGreaterThan(0);
  });

  it('is of a family that has such a chip', () => {
    const family = familyById(virtualDevices.get(name)?.deviceId ?? 0);
    const { size, erasedValue } = createVirtualDevice(name, { clock: new VirtualClock() }).flash;
    expect(family?.erasedValue).toBe(erasedValue);
    expect(family?.transferSize).toBe(listing.transferSize);
    expect(family?.productStrings).toContain(listing.product);
    expect(family?.sectorMaps.some((map) => map.flashSize >= size)).toBe(true);
  });
});

describe('gd32vf103', () => {
  it('shows its serial in the wrong encoding and a layout of another chip', async () => {
    const { device, rawString, text, parts } = await describeOverUsb('gd32vf103');
    expect([word(device, 8), word(device, 10)]).toEqual([0x28e9, 0x0189]);
    expect(Buffer.from(await rawString(device[16] ?? 0)).toString('latin1')).toBe('3CBJ');
    expect(await text(parts[1]?.[8] ?? 0)).toBe('@Internal Flash  /0x08000000/512*002Kg');
    const host = await TestHost.with('gd32vf103');
    expect(host.device.flash.sectors).toHaveLength(128);
    expect(host.device.flash.sectors[0]?.size).toBe(1024);
  });
});

describe('standard requests', () => {
  it('answer for languages, status, configuration and interface', async () => {
    const { host, descriptor } = await describeOverUsb('h743-v-0x92');
    const get = (requestType: number, request: number, length: number, value = 0) =>
      host.usb.controlIn({ requestType, request, value, index: 0 }, length, 100);
    const set = (requestType: number, request: number, value: number, index = 0) =>
      host.usb.controlOut({ requestType, request, value, index }, new Uint8Array(0), 100);
    const stalls = { kind: 'stall' };
    expect([...(await descriptor(3, 0))]).toEqual([4, 3, 0x09, 0x04]);
    expect([...(await get(0x80, 0, 2))]).toEqual([0, 0]);
    expect([...(await get(0x80, 8, 1))]).toEqual([1]);
    await set(0x00, 9, 1);
    await set(0x01, 11, 1);
    expect([...(await get(0x81, 10, 1))]).toEqual([1]);
    await expect(set(0x00, 9, 2)).rejects.toMatchObject(stalls);
    await expect(set(0x01, 11, 2)).rejects.toMatchObject(stalls);
    await expect(set(0x01, 11, 0, 1)).rejects.toMatchObject(stalls);
    await expect(descriptor(3, 99)).rejects.toMatchObject(stalls);
    await expect(descriptor(2, 1)).rejects.toMatchObject(stalls);
    await expect(descriptor(15, 0)).rejects.toMatchObject(stalls);
    await expect(get(0x80, 12, 1)).rejects.toMatchObject(stalls);
    await expect(get(0xc0, 6, 18, 0x0100)).rejects.toMatchObject(stalls);
  });

  it('answer for the functional descriptor alone, except on C5', async () => {
    const h7 = await describeOverUsb('h743-v-0x92');
    expect([...(await h7.descriptor(0x21, 0))]).toEqual([9, 0x21, 0x0b, 0xff, 0x00, 0x00, 0x04, 0x1a, 0x01]);
    const c5 = await describeOverUsb('c5');
    await expect(c5.descriptor(0x21, 0)).rejects.toMatchObject({ kind: 'stall' });
  });
});

describe('making devices', () => {
  it('has a listing for every name', () => {
    expect([...virtualDevices.keys()].sort()).toEqual([...Object.keys(listings), 'gd32vf103'].sort());
  });

  it('describes each device in one line', () => {
    for (const { description } of virtualDevices.values()) expect(description).toMatch(/^[^\n]{10,110}$/);
  });

  it('refuses a name that is not there', () => {
    expect(() => createVirtualDevice('z80', { clock: new VirtualClock() })).toThrow('z80');
  });

  it('takes serial, unique ID, flash size and contents of one’s own', async () => {
    const host = await TestHost.with('h723', {
      serial: 'ABC',
      uniqueId: [1, 2, 3],
      flashSize: 512 * 1024,
      contents: [{ address: 0x0800_0010, bytes: Uint8Array.of(7) }],
      path: '3-2',
    });
    expect(host.usb.path).toBe('3-2');
    expect(host.device.flash.sectors).toHaveLength(4);
    expect([...(await host.read(0x1ff1_e880, 2))]).toEqual([0x00, 0x02]);
    await host.abort();
    expect((await host.read(0x1ff1_e800, 12))[4]).toBe(2);
    expect(host.device.flash.read(0x0800_0010, 1)[0]).toBe(7);
    const serial = { requestType: 0x80, request: 6, value: 0x0303, index: 0x0409 };
    expect(Buffer.from(await host.usb.controlIn(serial, 255, 100)).toString('utf16le', 2)).toBe('ABC');
  });
});

import { describe, expect, it } from 'vitest';
import { bootloaderIdIn, f105LoaderVersion, loaderVersion } from './bootloader-id.ts';
import { familyById, FAMILIES } from './families.ts';
import type { Family } from './family.ts';

function familyOf(deviceId: number): Family {
  const family = familyById(deviceId);
  if (!family) throw new Error(`no family ${deviceId.toString(16)}`);
  return family;
}

describe('version and interfaces of a bootloader ID', () => {
  it.each([
    [0x90, 'V9.0', ['USART', 'CAN', 'DFU', 'I2C', 'SPI']],
    [0xd2, 'V13.2', ['USART', 'DFU', 'I2C', 'SPI']],
    [0x31, 'V3.1', ['USART', 'CAN', 'DFU']],
    [0x41, 'V4.1', ['USART', 'DFU']],
    [0xe5, 'V14.5', ['USART', 'CAN', 'DFU', 'I2C', 'SPI', 'I3C']],
  ])('%i is %s', (id, name, interfaces) => {
    expect(loaderVersion(id)).toEqual({ name, interfaces });
  });

  it('0x101 is V16.1, with interfaces nobody published', () => {
    expect(loaderVersion(0x101)).toEqual({ name: 'V16.1' });
  });

  it('a USART-only loader says that it has no DFU', () => {
    expect(loaderVersion(0x20).interfaces).not.toContain('DFU');
  });

  it('every known loader of every family speaks DFU, but for the first of F2', () => {
    const without = FAMILIES.flatMap((family) =>
      family.knownBootloaderIds
        .filter((id) => loaderVersion(id).interfaces?.includes('DFU') === false)
        .map((id) => [family.shortName, id]),
    );
    // L07x has two loaders, and the X of the second, V11.2, says SPI in place of USB.
    expect(without).toEqual([
      ['F2', 0x20],
      ['L07x/L08x', 0xb2],
    ]);
  });
});

describe('the ID in the bytes read', () => {
  it('is the first byte on most families', () => {
    expect(bootloaderIdIn(familyOf(0x450), Uint8Array.of(0x92, 0xff))).toBe(0x92);
    expect(bootloaderIdIn(familyOf(0x450), Uint8Array.of(0x92, 0x01))).toBe(0x92);
    expect(bootloaderIdIn(familyOf(0x450), Uint8Array.of(0x92))).toBe(0x92);
  });

  it('is two bytes on C5', () => {
    expect(bootloaderIdIn(familyOf(0x44e), Uint8Array.of(0x01, 0x01))).toBe(0x101);
    expect(bootloaderIdIn(familyOf(0x44f), Uint8Array.of(0x00, 0x01))).toBe(0x100);
    expect(bootloaderIdIn(familyOf(0x44f), Uint8Array.of(0xff, 0xff))).toBeUndefined();
  });

  it('is absent where the memory is blank or nothing came', () => {
    expect(bootloaderIdIn(familyOf(0x450), Uint8Array.of(0xff, 0xff))).toBeUndefined();
    expect(bootloaderIdIn(familyOf(0x450), Uint8Array.of(0x00, 0x00))).toBeUndefined();
    expect(bootloaderIdIn(familyOf(0x450), new Uint8Array())).toBeUndefined();
  });
});

describe('loaders of F105 and F107', () => {
  it.each([
    [0x1fff_e945, 'V2.0'],
    [0x1fff_e9a1, 'V2.1'],
    [0xffff_ffff, undefined],
  ])('with the word %i are %s', (word, version) => {
    expect(f105LoaderVersion(word)).toBe(version);
  });
});

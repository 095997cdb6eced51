import { describe, expect, it } from 'vitest';
import { FAMILIES } from './families.ts';
import { DECODED, optionFields, type ReadField } from './option-bytes.ts';

const bytes = (...words: number[]) => new Uint8Array(Uint32Array.from(words).buffer);
const named = (fields: readonly ReadField[]) =>
  Object.fromEntries(fields.map((field) => [field.name, field]));

function value(deviceId: number, name: string, address: number, ...words: number[]) {
  const field = named(optionFields(deviceId, address, bytes(...words)))[name];
  return field && `${field.value}${field.opinion === 'fine' ? '' : ` (${field.opinion})`}`;
}

describe('read protection', () => {
  it.each([
    ['F405, factory', 0x413, 'RDP', 0x1fff_c000, 0xffff_aaed, 'level 0'],
    ['F405, locked', 0x413, 'RDP', 0x1fff_c000, 0xffff_55ed, 'level 1 (prevents)'],
    ['H743, for ever', 0x450, 'RDP', 0x5200_201c, 0x0000_cc00, 'level 2 (prevents)'],
    ['F072, factory', 0x448, 'RDP', 0x1fff_f800, 0x00ff_55aa, 'level 0'],
    ['F105, factory', 0x418, 'RDP', 0x1fff_f800, 0x00ff_5aa5, 'off'],
    ['F105, an F0’s byte', 0x418, 'RDP', 0x1fff_f800, 0x00ff_55aa, 'on (prevents)'],
    ['U575, TrustZone half open', 0x482, 'RDP', 0x4002_2040, 0x9fef_f855, 'level 0.5 (watch)'],
    ['H563, factory', 0x484, 'PRODUCT_STATE', 0x4002_2050, 0x3030_edf8, 'open'],
    ['H563, closed', 0x484, 'PRODUCT_STATE', 0x4002_2050, 0x3030_72f8, 'closed (prevents)'],
    ['H563, nonsense', 0x484, 'PRODUCT_STATE', 0x4002_2050, 0x3030_00f8, '0x0'],
  ])('of an %s', (_what, deviceId, name, address, word, expected) => {
    expect(value(deviceId, name, address, word)).toBe(expected);
  });
});

describe('write protection', () => {
  it.each([
    ['none', 0x0000_0fff, 'nothing protected'],
    ['two sectors', 0x0000_0ff5, 'sectors 1, 3 (prevents)'],
    ['all', 0x0000_0000, 'sectors all (prevents)'],
    // SPRMOD turns it round: what is 1 is protected, against reading too.
    ['two sectors against reading', 0x0000_800a, 'sectors 1, 3 (prevents)'],
  ])('of an F427: %s', (_what, word, expected) => {
    expect(value(0x419, 'nWRP', 0x1fff_c000, 0xffff_aaed, 0, word)).toBe(expected);
  });

  it('of the second bank of an F427 goes on counting', () => {
    expect(value(0x419, 'nWRP of bank 2', 0x1ffe_c008, 0x0000_0ffe)).toBe('sectors 12 (prevents)');
  });

  it('of an L072 is where the bit is 1', () => {
    const words = [0xff55_00aa, 0x7f8f_8070, 0xffff_0000, 0xfffd_0002];
    expect(value(0x447, 'WRP0', 0x1ff8_0000, ...words)).toBe('nothing protected');
    expect(value(0x447, 'WRP16', 0x1ff8_0000, ...words)).toBe('sectors 17 (prevents)');
  });

  it.each([
    ['none', 0xff80_ffff, 'nothing protected'],
    ['two pages', 0xff83_ff82, 'pages 2 to 3 (prevents)'],
    ['the first page', 0xff00_ff00, 'pages 0 to 0 (prevents)'],
  ])('of a G474: %s', (_what, word, expected) => {
    const words = [0xffef_f8aa, 0, 0, 0, 0, 0, word, 0, 0xff80_ffff, 0];
    expect(value(0x469, 'WRP1A', 0x1fff_7800, ...words)).toBe(expected);
  });
});

describe('what changes where an application starts', () => {
  it.each([
    ['H743 with its banks swapped', 0x450, 'SWAP_BANK', 0x5200_201c, 0x93c6_aaf0, 'swapped (watch)'],
    ['H743 as usual', 0x450, 'SWAP_BANK', 0x5200_201c, 0x13c6_aaf0, 'not swapped'],
    ['F427 with two banks of 512 KB', 0x419, 'DB1M', 0x1fff_c008, 0xffff_4fff, '1 MB in two banks'],
    ['F767 with one bank', 0x451, 'nDBANK', 0x1fff_0008, 0xffff_ffff, 'one bank'],
    ['U575 with TrustZone', 0x482, 'TZEN', 0x4002_2040, 0x9fef_f8aa, 'on (watch)'],
    ['F746 that starts from flash', 0x449, 'BOOT_ADD0', 0x1fff_0010, 0x0000_0080, '0x00200000'],
    ['F746 that starts from RAM', 0x449, 'BOOT_ADD0', 0x1fff_0010, 0x0000_8000, '0x20000000 (watch)'],
    ['U575 as usual', 0x482, 'NSBOOTADD0', 0x4002_2044, 0x0800_007f, '0x08000000'],
  ])('%s', (_what, deviceId, name, address, word, expected) => {
    expect(value(deviceId, name, address, word)).toBe(expected);
  });
});

it('a hidden area whose end lies in a word of its own needs both', () => {
  const words = [0xffef_f8aa, 0, 0x0000_0010, 0, 0xffff_0020];
  expect(value(0x415, 'PCROP1', 0x1fff_7800, ...words)).toBe('pieces 16 to 32 (prevents)');
  expect(value(0x415, 'PCROP1', 0x1fff_7800, ...words.slice(0, 3))).toBeUndefined();
});

it('names no field that lies outside of what was read', () => {
  expect(optionFields(0x413, 0x1fff_c000, bytes(0xffff_aaed)).map(({ name }) => name)).not.toContain('nWRP');
  expect(optionFields(0x413, 0x1fff_c004, bytes(0, 0)).map(({ name }) => name)).toEqual(['nWRP']);
});

it('names nothing of a family it does not know', () => {
  expect(optionFields(0x999, 0x1fff_c000, bytes(0, 0, 0, 0))).toEqual([]);
});

describe.each(DECODED.map((deviceId) => ({ deviceId, id: deviceId.toString(16) })))(
  'the option bytes of family 0x$id',
  ({ deviceId }) => {
    const blocks = FAMILIES.find((family) => family.deviceId === deviceId)?.optionBytes ?? [];
    const fields = blocks.flatMap(({ start, end }) =>
      optionFields(deviceId, start, new Uint8Array(Math.ceil((end - start) / 4) * 4)),
    );

    it('lie where the family has them, and say of the first of all whether it is locked', () => {
      expect(fields.length).toBeGreaterThanOrEqual(4);
      expect(fields[0]?.topic).toBe('read-protection');
    });

    it('have a name each', () => {
      const names = fields.map(({ name }) => name);
      expect(new Set(names).size).toBe(names.length);
    });
  },
);

import { expect, it } from 'vitest';
import { FAMILIES } from './families.ts';
import { optionFields, type OptionField } from './option-bytes.ts';

const bytes = (...words: number[]) => new Uint8Array(Uint32Array.from(words).buffer);
const named = (fields: readonly OptionField[]) =>
  Object.fromEntries(fields.map((field) => [field.name, field]));

it('reads protection, brown-out level and write protection of an F405', () => {
  const fields = named(optionFields(0x413, 0x1fff_c000, bytes(0xffff_aaed, 0, 0x0000_0fff, 0)));
  expect(fields['RDP']).toEqual({ name: 'RDP', value: 'level 0', prevents: false });
  expect(fields['BOR_LEV']?.value).toBe('off');
  expect(fields['WDG_SW']?.value).toBe('started by software');
  expect(fields['nWRP']).toMatchObject({ value: 'nothing protected', prevents: false });
});

it('says what prevents an update', () => {
  const fields = named(optionFields(0x413, 0x1fff_c000, bytes(0xffff_55ed, 0, 0x0000_0ff5, 0)));
  expect(fields['RDP']).toMatchObject({ value: 'level 1', prevents: true });
  expect(fields['nWRP']).toMatchObject({ value: 'sectors 1, 3', prevents: true });
  const level2 = named(optionFields(0x450, 0x5200_201c, bytes(0x0000_cc00)));
  expect(level2['RDP']).toMatchObject({ value: 'level 2', prevents: true });
});

it('reads ranges of protected pages', () => {
  const words = (wrp1a: number) => bytes(0xffff_f8aa, 0, 0, 0, 0, 0, wrp1a, 0, 0xff80_ffff, 0);
  const of = (wrp1a: number) => named(optionFields(0x469, 0x1fff_7800, words(wrp1a)))['WRP1A'];
  expect(of(0xff80_ffff)).toMatchObject({ value: 'nothing protected', prevents: false });
  expect(of(0xff83_ff82)).toMatchObject({ value: 'pages 2 to 3', prevents: true });
});

it('names no field that lies outside of what was read', () => {
  expect(optionFields(0x413, 0x1fff_c000, bytes(0xffff_aaed)).map(({ name }) => name)).not.toContain('nWRP');
  expect(optionFields(0x413, 0x1fff_c004, bytes(0, 0)).map(({ name }) => name)).toEqual(['nWRP']);
});

it('names nothing of a family it does not know', () => {
  expect(optionFields(0x999, 0x1fff_c000, bytes(0, 0, 0, 0))).toEqual([]);
});

it.each([0x411, 0x413, 0x419, 0x449, 0x450, 0x415, 0x468, 0x469])(
  'lies where family 0x%s has them',
  (deviceId) => {
    const block = FAMILIES.find((family) => family.deviceId === deviceId)?.optionBytes[0];
    const words = Array.from({ length: ((block?.end ?? 0) - (block?.start ?? 0)) / 4 }, () => 0);
    expect(optionFields(deviceId, block?.start ?? 0, bytes(...words)).length).toBeGreaterThanOrEqual(4);
  },
);

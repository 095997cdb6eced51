import { expect, test } from 'vitest';
import { parseLayout, type MemoryLayout } from '../dfuse/layout.ts';
import { familyById } from '../stm32/families.ts';
import { banksOf } from './flash-geometry.ts';

const maps = (deviceId: number) => familyById(deviceId)?.sectorMaps ?? [];

function layout(text: string): MemoryLayout {
  const result = parseLayout(text);
  if (!result.ok) throw new Error(`no layout: ${text}`);
  return result.layout;
}

test('two banks are told where the layout string runs through them without a seam', () => {
  expect(banksOf(layout('@Internal Flash   /0x08000000/16*128Kg'), maps(0x450))).toEqual([
    { start: 0x0800_0000, end: 0x0810_0000 },
    { start: 0x0810_0000, end: 0x0820_0000 },
  ]);
});

test('a chip with one bank has one', () => {
  const shown = layout('@Internal Flash  /0x08000000/04*016Kg,01*064Kg,07*128Kg');
  expect(banksOf(shown, maps(0x413))).toEqual([{ start: 0x0800_0000, end: 0x0810_0000 }]);
});

test('nothing is told where the sectors are those of no known map, or maps differ about them', () => {
  const shown = layout('@Internal Flash /0x08000000/03*128Kg');
  expect(banksOf(shown, maps(0x450))).toBeUndefined();
  const two = layout('@Internal Flash /0x08000000/16*128Kg');
  const [dual] = maps(0x450);
  const single = {
    name: 'single',
    flashSize: 0x20_0000,
    banks: [{ start: 0x0800_0000, runs: [{ count: 16, size: 0x2_0000 }] }],
  };
  expect(dual && banksOf(two, [dual, single])).toBeUndefined();
});

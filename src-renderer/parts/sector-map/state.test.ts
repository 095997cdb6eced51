import { expect, test } from 'vitest';
import { countStates, type MapSector, together } from './state.ts';

function sectors(...states: readonly MapSector['state'][]): readonly MapSector[] {
  return states.map((state, index) => ({ address: index * 1024, size: 1024, state }));
}

test('a tile with a failed sector is a failed tile', () => {
  expect(together(['verified', 'failed', 'writing'])).toBe('failed');
});

test('a tile in which something goes on shows it', () => {
  expect(together(['verified', 'writing', 'untouched'])).toBe('writing');
});

test('a tile is verified only when all of it is', () => {
  expect(together(['verified', 'written'])).toBe('written');
  expect(together(['verified', 'untouched'])).toBe('untouched');
  expect(together(['verified', 'unchanged'])).toBe('verified');
});

test('a tile with a sector that is part of it shows that sector', () => {
  expect(together(['outside', 'unchanged'])).toBe('unchanged');
});

test('a tile with used and blank sectors is used', () => {
  expect(together(['blank', 'used'])).toBe('used');
});

test('the sentence begins with what is done and ends with what is to do', () => {
  expect(countStates(sectors('untouched', 'erasing', 'verified', 'verified'))).toEqual([
    ['verified', 2],
    ['erasing', 1],
    ['untouched', 1],
  ]);
});

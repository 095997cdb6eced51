import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drawnRows, isAtEnd, scrolledTo, SPARE_ROWS, type View } from './window.ts';

const view = fc
  .record({
    count: fc.nat(100_000),
    rowHeight: fc.integer({ min: 16, max: 60 }),
    height: fc.integer({ min: 0, max: 2160 }),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ count, rowHeight, height, at }): View => {
    const furthest = Math.max(0, count * rowHeight - height);
    return { count, rowHeight, height, scrolled: at * furthest };
  });

test('every row that can be seen is drawn', () => {
  fc.assert(
    fc.property(view, (seen) => {
      const { start, end } = drawnRows(seen);
      const first = Math.floor(seen.scrolled / seen.rowHeight);
      const last = Math.min(seen.count, Math.ceil((seen.scrolled + seen.height) / seen.rowHeight));
      expect(start).toBeLessThanOrEqual(Math.min(first, seen.count));
      expect(end).toBeGreaterThanOrEqual(last);
    }),
  );
});

test('no more rows are drawn than are seen and spare, however long the list is', () => {
  fc.assert(
    fc.property(view, (seen) => {
      const { start, end } = drawnRows(seen);
      expect(end - start).toBeLessThanOrEqual(Math.ceil(seen.height / seen.rowHeight) + 2 + 2 * SPARE_ROWS);
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeLessThanOrEqual(seen.count);
    }),
  );
});

test('a list that became shorter than where it was scrolled to still draws its last rows', () => {
  const { start, end } = drawnRows({ count: 10, rowHeight: 20, height: 100, scrolled: 5000 });
  expect([start, end]).toEqual([0, 10]);
});

test('the rows stand where they belong', () => {
  expect(drawnRows({ count: 1000, rowHeight: 20, height: 100, scrolled: 4000 })).toEqual({
    start: 200 - SPARE_ROWS,
    end: 206 + SPARE_ROWS,
    above: (200 - SPARE_ROWS) * 20,
    whole: 20_000,
  });
});

test('a row brought into view is in view, and one that is already does not move the list', () => {
  fc.assert(
    fc.property(view, fc.nat(99_999), (seen, row) => {
      fc.pre(row < seen.count && seen.height >= seen.rowHeight);
      const scrolled = scrolledTo(row, seen);
      expect(row * seen.rowHeight).toBeGreaterThanOrEqual(scrolled);
      expect((row + 1) * seen.rowHeight).toBeLessThanOrEqual(scrolled + seen.height);
      expect(scrolledTo(row, { ...seen, scrolled })).toBe(scrolled);
    }),
  );
});

test('the end is in view when the last row is, and not when two rows are below', () => {
  const list = { count: 100, rowHeight: 20, height: 200 };
  expect(isAtEnd({ ...list, scrolled: 1800 })).toBe(true);
  expect(isAtEnd({ ...list, scrolled: 1760 })).toBe(false);
  expect(isAtEnd({ ...list, count: 3, scrolled: 0 })).toBe(true);
});

import { expect, test } from 'vitest';
import type { LogLine } from '../../shared/log.ts';
import { LogBook, MOST_LINES } from './log-book.ts';
import { EVERYTHING } from './log-filter.ts';

const line = (number: number, change: Partial<LogLine> = {}): LogLine => ({
  number,
  time: '2026-11-23T14:05:07.123Z',
  level: number % 2 === 0 ? 'debug' : 'error',
  room: 'usb',
  message: `line ${number}`,
  ...change,
});
const lines = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => line(from + index));
const numbers = (book: LogBook) => book.wanted.map(({ number }) => number);

test('new lines come behind, old ones before, and each only once', () => {
  const book = new LogBook(EVERYTHING);
  book.append(lines(10, 13));
  book.append(lines(12, 15));
  expect(book.prepend(lines(7, 11))).toBe(3);
  expect(numbers(book)).toEqual([7, 8, 9, 10, 11, 12, 13, 14]);
  expect(book.first).toBe(7);
});

test('only wanted lines are shown and counted, whichever way they came', () => {
  const book = new LogBook({ ...EVERYTHING, level: 'error' });
  book.append(lines(4, 8));
  expect(book.prepend(lines(0, 4))).toBe(2);
  expect(numbers(book)).toEqual([1, 3, 5, 7]);
  expect(book.size).toBe(8);
});

test('another filter looks at all lines that are here', () => {
  const book = new LogBook({ ...EVERYTHING, level: 'error' });
  book.append(lines(0, 4));
  book.filter = { ...EVERYTHING, search: 'line 2' };
  expect(numbers(book)).toEqual([2]);
});

test('rooms are known by their lines', () => {
  const book = new LogBook(EVERYTHING);
  book.append([line(1, { room: 'usb' }), line(2, { room: 'flash' }), line(3, { room: 'usb' })]);
  expect(book.rooms).toEqual(['flash', 'usb']);
});

test('the oldest lines go when there are too many, and what is shown stays in step', () => {
  const book = new LogBook({ ...EVERYTHING, level: 'error' });
  book.append(lines(0, MOST_LINES + 2));
  expect(book.size).toBeLessThanOrEqual(MOST_LINES);
  expect(book.wanted[0]?.number).toBe((book.first ?? 0) + (((book.first ?? 0) + 1) % 2));
  expect(book.wanted.at(-1)?.number).toBe(MOST_LINES + 1);
});

import { expect, test } from 'vitest';
import { about, bytes, elapsed, left, rate, rounded, size, sizeOf, THIN } from './quantities.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

test('what was counted is told to the byte, as the language groups digits and calls bytes', () => {
  expect(bytes(130_188, 'en')).toBe('130,188 bytes');
  expect(bytes(130_188, 'de')).toBe('130.188 Byte');
  expect(bytes(130_188, 'fr')).toMatch(/^130\s188\soctets$/);
});

test('a size stands with a thin space before its unit, and KB is 1024 bytes', () => {
  expect(size(512, 'en')).toBe('512 bytes');
  expect(size(1536, 'en')).toBe(`1.5${THIN}KB`);
  expect(size(128 * 1024, 'en')).toBe(`128${THIN}KB`);
  expect(size(1.5 * 1024 * 1024, 'de')).toBe(`1,5${THIN}MB`);
});

test('what is done is never told as more than the whole', () => {
  expect(sizeOf(2_000_000, 1024 * 1024, 'en')).toBe(`1,024 of 1,024${THIN}KB`);
  expect(sizeOf(1023, 1024, 'en')).toBe(`0 of 1${THIN}KB`);
});

test('a slow rate has a digit more than a fast one', () => {
  expect(rate(1536, 'en')).toBe(`1.5${THIN}KB/s`);
  expect(rate(48.4 * 1024, 'en')).toBe(`48${THIN}KB/s`);
});

test.each([
  [1 * SECOND, { value: 5, unit: 'second' }],
  [12 * SECOND, { value: 15, unit: 'second' }],
  [54 * SECOND, { value: 55, unit: 'second' }],
  [58 * SECOND, { value: 1, unit: 'minute' }],
  [100 * SECOND, { value: 2, unit: 'minute' }],
  [23 * MINUTE, { value: 25, unit: 'minute' }],
  [56 * MINUTE, { value: 1, unit: 'hour' }],
])('%i ms are rounded as a person would', (ms, expected) => {
  expect(rounded(ms)).toEqual(expected);
});

test('an expected time is told as about, and moments are not counted', () => {
  expect(about(110 * SECOND, 'en')).toBe('about 2 minutes');
  expect(about(500, 'en')).toBe('a moment');
  expect(left(500)).toBe('almost done');
  expect(left(18 * SECOND)).toBe('about 20 seconds left');
});

test('a measured time is finer the shorter it was', () => {
  expect(elapsed(420, 'en')).toBe('0.4 sec');
  expect(elapsed(12_400, 'en')).toBe('12 sec');
  expect(elapsed(185 * SECOND, 'en')).toBe('3 min 5 sec');
  expect(elapsed(120 * SECOND, 'en')).toBe('2 min');
});

import { describe, expect, it } from 'vitest';
import { about, byteCount, counted, duration, grouped, kilobytes, moment, rate } from './quantities.ts';

it('figures stand in groups of three', () => {
  expect([0, 999, 1024, 130_188, 12_345_678].map(grouped)).toEqual([
    '0',
    '999',
    '1 024',
    '130 188',
    '12 345 678',
  ]);
});

it('one is one, everything else is many', () => {
  expect(byteCount(1)).toBe('1 byte');
  expect(byteCount(130_188)).toBe('130 188 bytes');
  expect(counted(1, 'sector')).toBe('1 sector');
  expect(counted(0, 'sector')).toBe('0 sectors');
  expect(counted(2, 'try', 'tries')).toBe('2 tries');
});

it('small sizes keep a decimal, large ones do not', () => {
  expect([64, 1536, 16 * 1024, 2 * 1024 * 1024].map(kilobytes)).toEqual([
    '0.1 KB',
    '1.5 KB',
    '16 KB',
    '2 048 KB',
  ]);
  expect(rate(49_152)).toBe('48 KB/s');
});

it('a measured time is exact where that is little', () => {
  expect([0, 22.4, 240, 9_940, 14_300, 60_000, 125_000].map(duration)).toEqual([
    '0 ms',
    '22 ms',
    '0.2 s',
    '9.9 s',
    '14 s',
    '1 min',
    '2 min 5 s',
  ]);
});

describe('a time to come', () => {
  it.each([
    [2_999, undefined],
    [3_000, 'a few seconds'],
    [8_000, 'about 10 seconds'],
    [17_000, 'about 20 seconds'],
    [54_000, 'about 55 seconds'],
    [60_000, 'about a minute'],
    [110_000, 'about 2 minutes'],
    [13 * 60_000, 'about 15 minutes'],
    [Infinity, undefined],
    [Number.NaN, undefined],
  ])('%d ms are %s', (milliseconds, words) => {
    expect(about(milliseconds)).toBe(words);
  });
});

it('a moment says that it is UTC, and what is none stays as it is', () => {
  expect(moment('2026-11-22T23:10:59.123Z')).toBe('2026-11-22 23:10 UTC');
  expect(moment('long ago')).toBe('long ago');
});

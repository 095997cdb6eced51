import { expect, test } from 'vitest';
import type { Device } from '../../shared/device.ts';
import { seats } from './seats.ts';

const device = (path: string, title: string): Device => ({ path, title, state: { kind: 'looking' } });

test('what is plugged in lies there under the name it has now', () => {
  expect(seats([device('1-1', 'STM32 H743')], new Map([['1-1', 'as it was called']]))).toEqual([
    { path: '1-1', title: 'STM32 H743', plugged: true },
  ]);
});

test('what was unplugged can be plugged in again where it was', () => {
  expect(seats([], new Map([['1-1', 'STM32 F405']]))).toEqual([
    { path: '1-1', title: 'STM32 F405', plugged: false },
  ]);
});

test('the tenth port comes after the second', () => {
  const paths = ['1-10', '1-2', '1-1'];
  expect(
    seats(
      paths.map((path) => device(path, 'x')),
      new Map(),
    ).map(({ path }) => path),
  ).toEqual(['1-1', '1-2', '1-10']);
});

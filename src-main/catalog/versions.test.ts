import { expect, it } from 'vitest';
import { compareVersions } from './versions.ts';

it.each([
  ['1.2.0', '1.10.0', -1],
  ['2.0.0', '2.0.0-beta.1', 1],
  ['2.0.0-beta.2', '2.0.0-beta.10', -1],
  ['1.2', '1.2.0', 0],
  ['2', '1.9.9', 1],
  ['1.0.0+a', '1.0.0+b', 0],
  ['unknown', '0.0.1', -1],
  ['unknown', 'whatever', 0],
])('%s against %s', (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
  expect(Math.sign(compareVersions(b, a))).toBe(sign === 0 ? 0 : -sign);
});

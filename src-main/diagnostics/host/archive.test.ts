import { expect, it } from 'vitest';
import { asOthersSeeIt, isInArchive } from './archive.ts';

it.each([
  [
    'C:\\Acme\\resources\\app.asar\\resources\\drivers\\a.inf',
    'C:\\Acme\\resources\\app.asar.unpacked\\resources\\drivers\\a.inf',
  ],
  ['/opt/stepwise/resources/70-stepwise.rules', '/opt/stepwise/resources/70-stepwise.rules'],
])('%s is %s to others', (path, outside) => {
  expect(asOthersSeeIt(path)).toBe(outside);
  expect(isInArchive(path)).toBe(path !== outside);
});

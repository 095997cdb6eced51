import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { ExitCode, exitCodeOf, worstOf } from './exit-code.ts';

it('the numbers are those of docs/cli.md, for ever', () => {
  expect(ExitCode).toEqual({
    ok: 0,
    internal: 1,
    usage: 2,
    noDevice: 3,
    access: 4,
    refused: 5,
    deviceFailure: 6,
    differs: 7,
    cancelled: 8,
    file: 9,
    repository: 10,
    interrupted: 130,
  });
});

it('failures that a script treats alike have the same number', () => {
  expect(exitCodeOf('several-devices')).toBe(exitCodeOf('no-device'));
  expect(['no-permission', 'no-driver', 'busy'].map((code) => exitCodeOf(code as 'busy'))).toEqual([4, 4, 4]);
  expect(exitCodeOf('consent-missing')).toBe(exitCodeOf('plan-refused'));
  expect(exitCodeOf('host-file')).toBe(exitCodeOf('bad-file'));
});

it('of several devices the worst counts, whatever its number', () => {
  expect(worstOf([])).toBe(ExitCode.ok);
  expect(worstOf([ExitCode.ok, ExitCode.cancelled])).toBe(ExitCode.cancelled);
  expect(worstOf([ExitCode.file, ExitCode.deviceFailure, ExitCode.refused])).toBe(ExitCode.deviceFailure);
  expect(worstOf([ExitCode.differs, ExitCode.internal])).toBe(ExitCode.internal);
});

it('docs/cli.md explains each of them', () => {
  const docs = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  const explained = [...docs.matchAll(/^\| (\d+) +\| [a-z]/gm)].map(([, code]) => Number(code));
  expect(explained).toEqual(Object.values(ExitCode));
});

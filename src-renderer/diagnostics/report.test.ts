import { expect, test } from 'vitest';
import { report, reportName } from './report.ts';

const program = {
  version: '1.0.0',
  versions: { node: '24' },
  platform: 'linux',
  host: 'loopback',
  demo: true,
} as const;
const nothing = {
  identity: undefined,
  optionBytes: undefined,
  flash: undefined,
  link: undefined,
  host: undefined,
};

test('what was not examined is said to be nothing, not left out', () => {
  const read: unknown = JSON.parse(report(program, nothing, [], '2026-11-23T14:05:07.123Z'));
  expect(read).toMatchObject({
    identity: null,
    optionBytes: null,
    flash: null,
    link: null,
    host: null,
    log: [],
  });
});

test('a report tells which program wrote it, and that devices were virtual', () => {
  const read: unknown = JSON.parse(report(program, nothing, [], '2026-11-23T14:05:07.123Z'));
  expect(read).toMatchObject({
    taken: '2026-11-23T14:05:07.123Z',
    program: { version: '1.0.0', demo: true },
  });
});

test('its name sorts by time and has no colon', () => {
  expect(reportName('diagnostics', '2026-11-23T14:05:07.123Z', 'json')).toBe(
    'stepwise-diagnostics-2026-11-23-140507.json',
  );
});

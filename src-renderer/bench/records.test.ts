import { expect, test } from 'vitest';
import type { Job } from '../../shared/job.ts';
import { records } from './records.ts';
import { tally, verdictOf } from './verdict.ts';

const job = (id: string, state: Job['state']) =>
  ({
    id,
    kind: 'update',
    path: '1-2',
    title: 'STM32 H743',
    name: 'Blink 1.5.0',
    state,
    phases: [],
    recoveries: 1,
    address: 0x0812_0000,
  }) as unknown as Job;
const outcome = { unchanged: 3, rewritten: 5, proven: 130_188, preserved: 0, recoveries: 1, elapsed: 42_360 };
const passed = job('p', { kind: 'done', outcome, application: { kind: 'seen' } });
const failed = job('f', {
  kind: 'failed',
  failure: { code: 'no-answer', phase: 'write', facts: { path: '1-2', request: 'DNLOAD' } },
});
const cancelled = job('c', {
  kind: 'failed',
  failure: { code: 'cancelled', facts: { condition: 'untouched' } },
});
const running = job('r', { kind: 'running' });
const waiting = job('w', { kind: 'waiting', need: { kind: 'replug', path: '1-2', patience: 1 } });

/** Each line by the names of its columns. */
function table(jobs: readonly Job[], notes: Parameters<typeof records>[1] = new Map()) {
  const [columns = [], ...lines] = records(jobs, notes);
  return lines.map((line): Record<string, unknown> =>
    Object.fromEntries<unknown>(columns.map((column, index) => [String(column), line[index]])),
  );
}

test('what passed says what was proven, and how long it took', () => {
  expect(table([passed])[0]).toMatchObject({
    result: 'passed',
    port: '1-2',
    firmware: 'Blink 1.5.0',
    seconds: 42.4,
    bytes_proven: 130_188,
    sectors_unchanged: 3,
    application: 'seen',
    failure: undefined,
    address: undefined,
  });
});

test('what failed says how, when and where', () => {
  expect(table([failed])[0]).toMatchObject({
    result: 'failed',
    failure: 'no-answer',
    phase: 'write',
    address: '0x08120000',
    bytes_proven: undefined,
  });
});

test('what only the bench saw stands beside it', () => {
  const noted = new Map([['p', { began: '2026-11-23T02:00:00Z', ended: '2026-11-23T02:00:42Z' }]]);
  expect(table([passed], noted)[0]).toMatchObject({
    began: '2026-11-23T02:00:00Z',
    ended: '2026-11-23T02:00:42Z',
  });
});

test('what the person cancelled did not fail', () => {
  expect([cancelled, failed].map(verdictOf)).toEqual(['cancelled', 'failed']);
});

test('one that waits for the person counts as running', () => {
  expect(tally([passed, passed, failed, cancelled, running, waiting])).toEqual({
    passed: 2,
    failed: 1,
    cancelled: 1,
    running: 2,
  });
});

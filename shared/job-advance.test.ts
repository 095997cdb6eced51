import { expect, test } from 'vitest';
import type { Phase } from './failure.ts';
import { advance, newJob } from './job-advance.ts';
import type { Job, JobEvent } from './job.ts';

const JOB = newJob('job-1', {
  kind: 'update',
  path: '1-2',
  title: 'STM32H74x/H75x',
  name: 'firmware.dfu',
});

function entered(phase: Phase, at: number): JobEvent {
  return { type: 'progress', at, event: { type: 'phase', phase } };
}

function told(...events: readonly JobEvent[]): Job {
  return events.reduce(advance, JOB);
}

test('the time of a phase that takes turns with others is the sum of its own turns', () => {
  const job = told(entered('erase', 0), entered('write', 100), entered('erase', 150), entered('write', 400), {
    type: 'done',
    at: 450,
    application: { kind: 'not-told' },
  });
  expect(job.phases.map(({ phase, spent }) => [phase, spent])).toEqual([
    ['erase', 350],
    ['write', 100],
  ]);
});

test('a phase that comes again is open again and keeps its place', () => {
  const job = told(entered('erase', 0), entered('write', 100), entered('erase', 150));
  expect(job.phases.map(({ phase, ended }) => [phase, ended])).toEqual([
    ['erase', undefined],
    ['write', 150],
  ]);
});

test('the bar never falls, whatever an event says', () => {
  const progress = (fraction: number): JobEvent => ({
    type: 'progress',
    at: 1,
    event: {
      type: 'progress',
      phase: 'write',
      address: 0,
      done: 1,
      total: 2,
      fraction,
      rate: 1,
      remaining: 1,
    },
  });
  expect(told(progress(0.5), progress(0.4)).fraction).toBe(0.5);
});

test('what comes after the end changes nothing', () => {
  const failed: JobEvent = { type: 'failed', at: 5, failure: { code: 'internal', facts: { detail: '' } } };
  const over = told(entered('write', 0), failed);
  expect(advance(over, entered('verify', 6))).toBe(over);
});

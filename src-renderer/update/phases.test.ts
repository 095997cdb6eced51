import { expect, test } from 'vitest';
import type { Job } from '../../shared/job.ts';
import { newJob } from '../../shared/job-advance.ts';
import { phaseLines } from './phases.ts';

function job(phases: Job['phases'], state: Job['state'] = { kind: 'running' }): Job {
  const order = { kind: 'update', path: '1-2', title: 'Product', name: 'firmware' } as const;
  return { ...newJob('job-1', order), state, phases };
}

const IDENTIFY = { phase: 'identify', began: 0, entered: 0, ended: 30, spent: 30 } as const;
const PLAN = { phase: 'plan', began: 30, entered: 30, ended: 40, spent: 10 } as const;
const COMPARE = { phase: 'compare', began: 40, entered: 40, spent: 0 } as const;

function states(of: Job) {
  return phaseLines(of).map(({ state }) => state);
}

test('what the engine does in small steps is one phase for the person, with the time of all', () => {
  expect(phaseLines(job([IDENTIFY, PLAN, COMPARE]))[0]).toEqual({ phase: 'check', state: 'done', spent: 40 });
});

test('the phase that goes on is the present one, what was not reached is to come', () => {
  expect(states(job([IDENTIFY, PLAN, COMPARE]))).toEqual([
    'done',
    'now',
    'to-come',
    'to-come',
    'to-come',
    'to-come',
  ]);
});

test('what takes turns is not ticked before all of it is over, so that no tick is taken back', () => {
  const erase = { phase: 'erase', began: 40, entered: 40, ended: 90, spent: 50 } as const;
  const write = { phase: 'write', began: 90, entered: 90, spent: 0 } as const;
  expect(states(job([IDENTIFY, erase, write]))[2]).toBe('takes-turns');
  const leave = { phase: 'leave', began: 200, entered: 200, spent: 0 } as const;
  expect(states(job([IDENTIFY, erase, { ...write, ended: 200, spent: 110 }, leave]))[2]).toBe('done');
});

test('at the end of an update that found everything right, the phases it had no use for say so', () => {
  const over = job([IDENTIFY, { ...COMPARE, ended: 90, spent: 50 }], {
    kind: 'done',
    application: { kind: 'not-told' },
  });
  expect(states(over).slice(1)).toEqual(['done', 'not-needed', 'not-needed', 'not-needed', 'not-needed']);
});

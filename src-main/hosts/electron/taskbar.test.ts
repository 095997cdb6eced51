import { describe, expect, it } from 'vitest';
import { BlockerDouble, WindowDouble } from '../../../test/electron/electron-double.ts';
import { StandInServices } from '../../../test/rig/stand-in-services.ts';
import type { Job, JobState } from '../../../shared/job.ts';
import { watchJobs } from './jobs.ts';
import { Taskbar, taskbarProgress } from './taskbar.ts';
import { Wakefulness } from './wakefulness.ts';
import type { PowerSaveBlocker } from 'electron';

const failed: JobState = { kind: 'failed', failure: { code: 'busy', facts: { path: '1-1' } } };
const done: JobState = { kind: 'done', application: { kind: 'not-told' } };
const running: JobState = { kind: 'running' };
const waiting: JobState = { kind: 'waiting', need: { kind: 'replug', path: '1-1', patience: 60_000 } };

function job(state: JobState, fields: Partial<Job> = {}): Job {
  return {
    id: 'one',
    kind: 'update',
    path: '1-1',
    title: 'Device',
    name: 'Firmware',
    state,
    phases: [],
    fraction: 0.5,
    done: 0,
    total: 0,
    rate: 0,
    sectors: [],
    retries: 0,
    recoveries: 0,
    ...fields,
  };
}

describe('the bar on the icon', () => {
  it.each<[string, readonly Job[], ReturnType<typeof taskbarProgress>]>([
    ['is not there without a job', [], { fraction: -1, mode: 'none' }],
    ['goes when all are over', [job(done), job(failed)], { fraction: -1, mode: 'none' }],
    ['shows one job', [job(running, { fraction: 0.25 })], { fraction: 0.25, mode: 'normal' }],
    [
      'shows those that go on together, and not those that are over',
      [job(running, { fraction: 0.25 }), job(running, { fraction: 0.75 }), job(done, { fraction: 1 })],
      { fraction: 0.5, mode: 'normal' },
    ],
    ['stands still where all wait for a person', [job(waiting)], { fraction: 0.5, mode: 'paused' }],
    ['goes on where one of them does', [job(waiting), job(running)], { fraction: 0.5, mode: 'normal' }],
    [
      'goes on while one is being cancelled',
      [job({ kind: 'cancelling' })],
      { fraction: 0.5, mode: 'normal' },
    ],
  ])('%s', (_what, jobs, progress) => {
    expect(taskbarProgress(jobs)).toEqual(progress);
  });

  it.each([
    ['ends', done],
    ['fails', failed],
    ['needs a hand', waiting],
  ])('asks for attention when a job %s and the window is not in front', (_what, state) => {
    const window = new WindowDouble({});
    window.focused = false;
    const taskbar = new Taskbar(window.asWindow);
    taskbar.show([job(running)]);
    expect(window.calls).toEqual([]);
    taskbar.show([job(state)]);
    taskbar.show([job(state)]);
    expect(window.calls).toEqual(['flash true']);
  });

  it('asks nobody who sits in front of it', () => {
    const window = new WindowDouble({});
    const taskbar = new Taskbar(window.asWindow);
    taskbar.show([job(running)]);
    taskbar.show([job(done)]);
    expect(window.calls).toEqual([]);
  });

  it('is left alone when the window is gone', () => {
    const window = new WindowDouble({});
    const taskbar = new Taskbar(window.asWindow);
    window.destroyed = true;
    taskbar.show([job(running)]);
    expect(window.progress).toEqual([]);
  });
});

describe('sleep', () => {
  it('is kept off while something is at work, and not while a person is waited for', () => {
    const blocker = new BlockerDouble();
    const wakefulness = new Wakefulness(blocker as unknown as PowerSaveBlocker);
    const blocking = (...jobs: Job[]) => {
      wakefulness.follow(jobs);
      return [...blocker.blocking.values()];
    };
    expect(blocking()).toEqual([]);
    expect(blocking(job(running))).toEqual(['prevent-app-suspension']);
    expect(blocking(job(running), job(running))).toEqual(['prevent-app-suspension']);
    expect(blocking(job(waiting))).toEqual([]);
    expect(blocking(job(running), job(done))).toEqual(['prevent-app-suspension']);
    expect(blocking(job(failed))).toEqual([]);
  });
});

it('jobs are followed from their first event to their dismissal', () => {
  const services = new StandInServices({});
  const told: (readonly string[])[] = [];
  watchJobs(services, (jobs) => told.push(jobs.map(({ id, state }) => `${id} ${state.kind}`)));
  services.announce('job-begun', job(running));
  services.announce('job-begun', job(running, { id: 'two' }));
  services.announce('job', { job: 'one', events: [{ type: 'cancelling', at: 1 }] });
  services.announce('job', { job: 'unknown', events: [{ type: 'cancelling', at: 1 }] });
  services.announce('job-dismissed', { job: 'one' });
  services.announce('devices', []);
  expect(told).toEqual([
    ['one running'],
    ['one running', 'two running'],
    ['one cancelling', 'two running'],
    ['one cancelling', 'two running'],
    ['two running'],
  ]);
});

import { describe, expect, test } from 'vitest';
import type { Device, DeviceState } from '../../shared/device.ts';
import type { ConsentKind } from '../../shared/failure.ts';
import type { Review } from '../../shared/firmware.ts';
import type { Job } from '../../shared/job.ts';
import { consentsOf, type Place, portsOf, seatOf } from './seat.ts';

const device = (state: DeviceState): Device => ({ path: '1-1', title: 'STM32 H743', state });
const ready = device({ kind: 'ready', identity: {} as never });
const job = (state: Job['state']): Job => ({ id: 'a', kind: 'update', path: '1-1', state }) as Job;
const done = job({ kind: 'done', application: { kind: 'not-told' } });
const review = (...kinds: ConsentKind[]) =>
  ({ path: '1-1', consents: kinds.map((kind) => ({ kind })) }) as unknown as Review;

const place = (change: Partial<Place>): Place => ({
  device: undefined,
  job: undefined,
  fresh: false,
  starting: false,
  prospect: undefined,
  agreed: new Set(),
  ...change,
});
const kind = (change: Partial<Place>) => seatOf(place(change))?.kind;

describe('a place on the bench', () => {
  test('without device and job is no row', () => {
    expect(seatOf(place({}))).toBeUndefined();
  });

  test('waits for a firmware, then for its review, then can begin', () => {
    expect(kind({ device: ready })).toBe('choose');
    expect(kind({ device: ready, prospect: { kind: 'asked' } })).toBe('asked');
    expect(kind({ device: ready, prospect: { kind: 'reviewed', review: review() } })).toBe('ready');
  });

  test('cannot begin before everything was agreed to', () => {
    const prospect = { kind: 'reviewed', review: review('unsigned', 'downgrade') } as const;
    expect(kind({ device: ready, prospect, agreed: new Set(['unsigned']) })).toBe('consent');
    expect(kind({ device: ready, prospect, agreed: new Set(['unsigned', 'downgrade']) })).toBe('ready');
  });

  test('shows the job at work whatever else is known', () => {
    const running = job({ kind: 'running' });
    expect(kind({ device: ready, job: running, prospect: { kind: 'asked' }, starting: true })).toBe(
      'working',
    );
  });

  test('keeps its result while the device stays, is away, or runs its application', () => {
    expect(kind({ device: ready, job: done })).toBe('over');
    expect(kind({ job: done, fresh: true })).toBe('over');
    const application = device({ kind: 'application', canEnter: false });
    expect(kind({ device: application, job: done, fresh: true })).toBe('over');
  });

  test('is free for the next device once the one before was taken away', () => {
    const prospect = { kind: 'reviewed', review: review() } as const;
    expect(kind({ device: ready, job: done, fresh: true, prospect })).toBe('ready');
  });
});

test('each consent is asked for once, with the bytes at stake on all devices', () => {
  const one = {
    consents: [{ kind: 'discard-outside', bytes: 100 }, { kind: 'unsigned' }],
  } as unknown as Review;
  const other = { consents: [{ kind: 'discard-outside', bytes: 28 }] } as unknown as Review;
  expect(consentsOf([one, other])).toEqual([{ kind: 'discard-outside', bytes: 128 }, { kind: 'unsigned' }]);
});

test('ports stand in the order in which people count, each once', () => {
  expect(portsOf([{ path: '1-10' }, { path: '1-2' }], [{ path: '1-2' }])).toEqual(['1-2', '1-10']);
});

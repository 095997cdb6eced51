import { describe, expect, it } from 'vitest';
import { rejection } from '../../test/rig/in-time.ts';
import { Rig } from '../../test/rig/rig.ts';
import type { Fault } from '../virtual/faults.ts';
import { measureLink } from './link-job.ts';

function measured(faults: readonly Fault[] = [], device = 'f405') {
  const rig = new Rig(device, { faults });
  const { clock, listener } = rig;
  return rig.connected((open) => measureLink(open, { clock, listener }, () => undefined));
}

const lost = (times: number | 'always') =>
  ({ kind: 'timeout', at: { command: 'read', skip: 50, times } }) as const satisfies Fault;

describe('the quality of a link', () => {
  it('is good where nothing goes wrong', async () => {
    const { errors, requests, median, slowest, rate } = await measured();
    expect(errors).toBe(0);
    expect(requests).toBeGreaterThan(600);
    expect(slowest).toBeLessThan(3 * median);
    expect(rate).toBeCloseTo((2048 / median) * 1_000, -5);
  });

  it('tells how long the bootloader wants to be left alone, and how long it takes', async () => {
    const { poll } = await measured();
    expect(poll?.asked).toBeGreaterThan(0);
    expect(poll?.took).toBeGreaterThanOrEqual(0);
    expect(poll?.took).toBeLessThan(100);
  });

  it('goes round in a flash that is smaller than what is read in the time', async () => {
    expect((await measured([], 'c071')).requests * 1_024).toBeGreaterThan(128 * 1_024);
  });

  it('counts what went wrong', async () => {
    expect(await measured([lost(1)])).toMatchObject({ errors: 1 });
  });

  it('is bad where next to nothing comes through, and that is found out', async () => {
    const { errors, requests } = await measured([lost(20)]);
    expect(errors).toBeGreaterThan(0);
    expect(requests).toBeGreaterThan(errors);
  });

  it('is not known of a device that leaves', async () => {
    const gone: Fault = { kind: 'disconnect', at: { command: 'read', skip: 50 }, when: 'before' };
    expect(await rejection(measured([gone]))).toMatchObject({ code: 'disconnected', condition: 'untouched' });
  });
});

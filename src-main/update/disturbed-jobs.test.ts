/**
 * Every job but an update, which has campaigns of its own, disturbed at each of its transfers: it ends in time, with a result or a failure that has a name and tells
 * the condition of the device; nothing stays open, and no loader that is merely busy gets a CLRSTATUS.
 */
import { describe, expect, it } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { uncalledForClears } from '../../test/rig/clears.ts';
import { noise } from '../../test/rig/noise.ts';
import { ATTENDED, Rig } from '../../test/rig/rig.ts';
import { FirmwareImage } from '../firmware/image.ts';
import type { Fault } from '../virtual/faults.ts';
import { compareImage } from './compare-job.ts';
import type { Connected } from './connect.ts';
import { eraseSectors, sectorsIn } from './erase-job.ts';
import { leaveBootloader } from './leave-job.ts';
import { readMemory } from './read-job.ts';
import { ERASE_EVERYTHING, unprotect } from './unprotect-job.ts';

const FLASH = 0x0800_0000;
const range = { start: FLASH, end: FLASH + 4_000 };
const image = FirmwareImage.from([{ address: FLASH, bytes: noise(1, 4_000) }]);

type Job = (connected: Connected, rig: Rig) => Promise<unknown>;

const jobs: Readonly<Record<string, Job>> = {
  read: (connected, rig) => readMemory(connected, range, rig),
  compare: (connected, rig) => compareImage(connected, image, rig),
  erase: (connected, rig) => eraseSectors(connected, sectorsIn(connected, range), rig),
  leave: (connected, rig) => leaveBootloader(connected, rig.bus, rig),
  unprotect: (connected, rig) => unprotect(connected, ERASE_EVERYTHING, rig.bus, rig),
};

const disturbances: Readonly<Record<string, (index: number) => Fault>> = {
  'a stall': (index) => ({ kind: 'stall', at: { index } }),
  'a refusal': (index) => ({ kind: 'stall', at: { index }, latched: true }),
  'a lost request': (index) => ({ kind: 'timeout', at: { index } }),
  'a lost answer': (index) => ({ kind: 'timeout', at: { index }, executed: true }),
  'a pulled plug': (index) => ({ kind: 'disconnect', at: { index }, when: 'after' }),
};

function rigFor(device: string, job: string, faults: readonly Fault[]): Rig {
  const rig: Rig = new Rig(
    device,
    { faults, log: true, protection: job === 'unprotect' ? 1 : 0, contents: image.ranges },
    {
      limits: ATTENDED,
      onEvent: (event) => {
        if (event.type === 'needs') void rig.replug();
      },
    },
  );
  return rig;
}

/** Longest time a disturbed job may take, with time-outs of 30 s in it and a minute in which an unlocked device returns. */
const IN_TIME = 180_000;

async function disturbed(device: string, name: string, job: Job, fault: Fault): Promise<void> {
  const rig = rigFor(device, name, [fault]);
  try {
    await rig.connected((connected) => job(connected, rig));
  } catch (error) {
    expect(error).toBeInstanceOf(StepwiseError);
    if (name !== 'leave') expect(error).toHaveProperty('condition', expect.stringMatching(/./));
  }
  expect(rig.clock.now()).toBeLessThan(IN_TIME);
  for (const attached of await rig.bus.list()) {
    await expect(attached.claim(0)).rejects.toMatchObject({
      kind: expect.stringMatching(/^(io|gone)$/) as string,
    });
  }
  expect(uncalledForClears(rig.device.log)).toEqual([]);
}

/** The one answers while it works, the other stalls. */
describe.each([
  ['g0b1', Object.keys(disturbances)],
  ['l476', ['a stall', 'a lost answer']],
])('on %s', (device, kinds) => {
  describe.each(Object.entries(jobs))('%s', (name, job) => {
    it.each(kinds)('stands %s at any transfer', async (kind) => {
      const at = disturbances[kind];
      if (!at) throw new Error(`nothing is known of ${kind}`);
      const undisturbed = rigFor(device, name, []);
      const identification = await undisturbed.connected(async (connected) => {
        const { transfers } = undisturbed.device;
        await job(connected, undisturbed);
        return transfers;
      });
      // All jobs begin alike: with one of them that is disturbed too.
      const first = name === 'read' ? 0 : identification;
      const count = undisturbed.device.transfers;
      for (let index = first; index < count; index++) await disturbed(device, name, job, at(index));
    });
  });
});

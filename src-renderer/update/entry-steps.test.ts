import { expect, test } from 'vitest';
import type { Device } from '../../shared/device.ts';
import { sighting, stepStates } from './entry-steps.ts';

function device(state: Device['state']): Device {
  return { path: '1-2', title: 'Product', state };
}

const APPLICATION = device({ kind: 'application', canEnter: false });
const WORKING = device({ kind: 'working', job: 'job-1' });

test('before anything was seen the first step is the one to do', () => {
  expect(stepStates(3, sighting('nothing-yet', []))).toEqual(['now', 'to-come', 'to-come']);
});

test('a device that was there and is gone has taken the first step', () => {
  expect(stepStates(3, sighting(sighting('nothing-yet', [APPLICATION]), []))).toEqual([
    'done',
    'now',
    'to-come',
  ]);
});

test('a device that comes back into its application begins again', () => {
  expect(sighting('gone', [APPLICATION])).toBe('application');
});

test('a bootloader ticks every step', () => {
  expect(stepStates(3, sighting('gone', [WORKING]))).toEqual(['done', 'done', 'done']);
});

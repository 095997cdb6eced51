import { describe, expect, it } from 'vitest';
import { inTime, rejection } from '../../test/rig/in-time.ts';
import { ScriptedDevice, type Script } from '../../test/rig/scripted-device.ts';
import { VirtualClock } from '../virtual/clocks.ts';
import { detach } from './detach.ts';
import { DfuAttribute } from './protocol.ts';

const LEAVES_BY_ITSELF = DfuAttribute.canDnload | DfuAttribute.willDetach;
const WAITS_FOR_A_RESET = DfuAttribute.canDnload;

async function detaching(attributes: number, script: Script = {}) {
  const clock = new VirtualClock();
  const device = new ScriptedDevice({ clock, script });
  await device.open();
  const work = detach(device, { mode: 'run-time', interfaceNumber: 2, attributes, detachTimeout: 250 });
  return {
    device,
    work: inTime(clock, work),
    resets: () => device.calls.filter((call) => call === 'reset').length,
  };
}

describe('an application that leaves by itself', () => {
  it('is asked to, for as long as it waits, and not reset', async () => {
    const { device, work, resets } = await detaching(LEAVES_BY_ITSELF);
    await work;
    expect(device.requests).toEqual(['DETACH 250']);
    expect(resets()).toBe(0);
  });

  it('may be gone before it has answered', async () => {
    const { work } = await detaching(LEAVES_BY_ITSELF, { detach: ['gone'] });
    await expect(work).resolves.toBeUndefined();
  });
});

describe('an application that waits for a reset', () => {
  it('is reset', async () => {
    const { device, work, resets } = await detaching(WAITS_FOR_A_RESET);
    await work;
    expect(device.requests).toEqual(['DETACH 250']);
    expect(resets()).toBe(1);
  });

  it('may be another device after that', async () => {
    const { work } = await detaching(WAITS_FOR_A_RESET, { reset: ['gone'] });
    await expect(work).resolves.toBeUndefined();
  });

  it('that left before it could be reset is where it should be', async () => {
    const { work, resets } = await detaching(WAITS_FOR_A_RESET, { detach: ['gone'] });
    await expect(work).resolves.toBeUndefined();
    expect(resets()).toBe(0);
  });
});

it.each(['stall', 'timeout', 'io'] as const)('a DETACH that ends with %s is a failure', async (kind) => {
  const { work, resets } = await detaching(WAITS_FOR_A_RESET, { detach: [kind] });
  expect(await rejection(work)).toMatchObject({ name: 'UsbError', kind });
  expect(resets()).toBe(0);
});

it('a reset that fails is a failure', async () => {
  const { work } = await detaching(WAITS_FOR_A_RESET, { reset: ['io'] });
  expect(await rejection(work)).toMatchObject({ name: 'UsbError', kind: 'io' });
});

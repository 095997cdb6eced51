import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Device } from '../../shared/device.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { Log } from '../log/log.ts';
import { virtualDevices } from '../virtual/catalogue/index.ts';
import { VirtualClock } from '../virtual/clocks.ts';
import { VirtualBus } from '../virtual/virtual-bus.ts';
import { Desk, openDemoServices } from './demo-desk.ts';
import { DemoComputer } from './demo-computer.ts';
import { DEMO_FAULTS } from './demo-faults.ts';

const stateFolder = mkdtempSync(join(tmpdir(), 'stepwise-desk-'));
afterAll(() => rmSync(stateFolder, { recursive: true, force: true }));

const today = () => '2026-01-01T00:00:00.000Z';

const NOTHING_SPECIAL = { signal: new AbortController().signal, progress: () => undefined };

function options() {
  const resourcesFolder = new URL('../../resources/', import.meta.url).pathname;
  const common = { today, stateFolder, resourcesFolder, version: '0', lookInterval: Infinity };
  return { ...common, clock: new VirtualClock(), log: new Log({ today }) };
}

describe('the services of the demo', () => {
  it('live faster than the person in front of the screen, where that is asked for', async () => {
    const { clock: person, ...rest } = options();
    const { services, clock } = await openDemoServices({
      ...rest,
      clock: person,
      speed: 10,
      devices: ['f405'],
    });
    const list = () => services.handlers['devices.list']({}, NOTHING_SPECIAL) as readonly Device[];
    while (list()[0]?.state.kind !== 'ready') await new Promise((resolve) => setImmediate(resolve));
    expect(list()).toMatchObject([{ path: '1-1', state: { identity: { title: 'STM32 F405/F407' } } }]);
    expect(clock.now()).toBeCloseTo(10 * person.now());
    await services.close();
  });

  it('do not begin with a device that is not in the catalogue', async () => {
    expect(await rejection(openDemoServices({ ...options(), devices: ['none'] }))).toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the desk', () => {
  it('has room for firmware and settings on every device it knows, and tells chips of one kind apart', () => {
    const clock = new VirtualClock();
    const desk = new Desk(new VirtualBus(clock), clock, new DemoComputer('linux'));
    const paths = [...virtualDevices.keys()].map((name) => desk.plug(name, undefined));
    expect(new Set(paths).size).toBe(virtualDevices.size);
    const starts = paths.map((path) => desk.device(path).flash).map((flash) => flash.read(flash.start, 4));
    expect(starts.every((bytes) => bytes.length === 4)).toBe(true);
  });

  it('knows a fault for each way in which a person can be stuck', () => {
    expect([...DEMO_FAULTS.keys()].sort()).toEqual(
      [
        'busy',
        'loses-answers',
        'no-driver',
        'no-permission',
        'read-protected',
        'slow',
        'stops-answering',
        'stuck-erase-never',
        'stuck-erase-recovers',
        'unplugged-in-mid-write',
        'verify-mismatch',
        'write-protected',
      ].sort(),
    );
  });
});

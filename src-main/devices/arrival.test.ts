import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { inTime, rejection } from '../../test/rig/in-time.ts';
import { ScriptedBus } from '../../test/rig/scripted-bus.ts';
import { ScriptedDevice } from '../../test/rig/scripted-device.ts';
import { VirtualClock } from '../virtual/clocks.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { UsbError, type UsbDevice, type UsbFailureKind } from '../usb/port.ts';
import { deviceAt, openAt, type ArrivalOptions } from './arrival.ts';

const PATH = '1-2.4';

function waiting(
  options: ArrivalOptions,
  present: readonly ScriptedDevice[] = [],
  clock = new VirtualClock(),
) {
  const bus = new ScriptedBus(present);
  const work = inTime(clock, deviceAt(bus, clock, PATH, options));
  return { clock, bus, work };
}

function at(path: string, clock = new VirtualClock()) {
  return new ScriptedDevice({ clock, path });
}

describe('a device that is there', () => {
  it('is found at once', async () => {
    const device = at(PATH);
    const { clock, work } = waiting({ patience: 5_000 }, [at('1-1'), device]);
    expect(await work).toBe(device);
    expect(clock.now()).toBe(0);
  });

  it('is found without any patience', async () => {
    const device = at(PATH);
    expect(await waiting({ patience: 0 }, [device]).work).toBe(device);
    expect(await waiting({ patience: -1 }, [device]).work).toBe(device);
  });

  it('does not count when it is the one to be replaced', async () => {
    const old = at(PATH);
    const { clock, work } = waiting({ patience: 1_000, instead: old }, [old]);
    expect(await work).toBeUndefined();
    expect(clock.now()).toBe(1_000);
  });
});

describe('a device that comes', () => {
  it('is found when the bus tells of it', async () => {
    const { clock, bus, work } = waiting({ patience: 5_000 });
    const device = at(PATH, clock);
    await clock.sleep(120);
    bus.attach(device);
    expect(await work).toBe(device);
    expect(clock.now()).toBe(120);
    expect(bus.listeners).toBe(0);
  });

  it('is found soon when nobody tells of it', async () => {
    const { clock, bus, work } = waiting({ patience: 5_000 });
    const device = at(PATH, clock);
    await clock.sleep(120);
    bus.attach(device, { told: false });
    expect(await work).toBe(device);
    expect(clock.now()).toBeLessThanOrEqual(370);
    expect(bus.listeners).toBe(0);
  });

  it('in place of another is found though the other is still listed', async () => {
    const clock = new VirtualClock();
    const [old, next] = [at(PATH, clock), at(PATH, clock)];
    const { bus, work } = waiting({ patience: 5_000, instead: old }, [old], clock);
    await clock.sleep(10);
    bus.attach(next);
    expect(await work).toBe(next);
  });

  it('elsewhere does not count', async () => {
    const { clock, bus, work } = waiting({ patience: 1_000 });
    await clock.sleep(100);
    bus.attach(at('1-2', clock));
    bus.attach(at('1-2.4.1', clock));
    expect(await work).toBeUndefined();
    expect(clock.now()).toBe(1_000);
  });

  it('is found in the last moment', async () => {
    const { clock, bus, work } = waiting({ patience: 1_000 });
    const device = at(PATH, clock);
    await clock.sleep(999);
    bus.attach(device, { told: false });
    expect(await work).toBe(device);
  });
});

describe('patience', () => {
  it('ends when it said it would', async () => {
    const { clock, bus, work } = waiting({ patience: 3_333 });
    expect(await work).toBeUndefined();
    expect(clock.now()).toBe(3_333);
    expect(bus.listeners).toBe(0);
  });

  it('is not lengthened by a bus on which much happens', async () => {
    const { clock, bus, work } = waiting({ patience: 1_000 });
    const other = at('3-1', clock);
    const noise = (async () => {
      for (let i = 0; i < 500; i++) {
        await clock.sleep(7);
        if (i % 2) bus.detach(other);
        else bus.attach(other);
      }
    })();
    expect(await work).toBeUndefined();
    expect(clock.now()).toBeLessThanOrEqual(1_007);
    await noise;
  });
});

describe('the caller', () => {
  it('ends the wait at once', async () => {
    const abort = new AbortController();
    const { clock, bus, work } = waiting({ patience: 60_000, signal: abort.signal });
    await clock.sleep(130);
    abort.abort();
    expect(await work).toBeUndefined();
    expect(clock.now()).toBe(130);
    expect(bus.listeners).toBe(0);
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
  });

  it('may have ended it before it began', async () => {
    const { clock, bus, work } = waiting({ patience: 60_000, signal: AbortSignal.abort() });
    expect(await work).toBeUndefined();
    expect(clock.now()).toBe(0);
    expect(bus.listeners).toBe(0);
  });

  it('is not listened to any more when the device has come', async () => {
    const abort = new AbortController();
    const { clock, bus, work } = waiting({ patience: 60_000, signal: abort.signal });
    await clock.sleep(600);
    bus.attach(at(PATH, clock));
    await work;
    expect(getEventListeners(abort.signal, 'abort')).toEqual([]);
    expect(bus.listeners).toBe(0);
  });
});

describe('opening what comes', () => {
  const opening = (
    present: readonly UsbDevice[],
    open: (device: UsbDevice) => Promise<string>,
    options: Parameters<typeof openAt>[4],
    clock = new VirtualClock(),
  ) => {
    const bus = new ScriptedBus(present);
    return { clock, bus, work: inTime(clock, openAt(bus, clock, PATH, open, options)) };
  };

  /** Fails so many times, then succeeds. */
  const failing = (times: number, error: Error) => {
    let left = times;
    return () => (left-- > 0 ? Promise.reject(error) : Promise.resolve('open'));
  };

  it.each<UsbFailureKind>(['busy', 'no-permission', 'timeout', 'io', 'stall', 'no-driver'])(
    'is tried again where it fails twice with %s',
    async (kind) => {
      const { work } = opening([at(PATH)], failing(2, new UsbError(kind, 'open')), { patience: 5_000 });
      expect(await work).toBe('open');
    },
  );

  it('fails at the third time', async () => {
    const error = new UsbError('busy', 'open');
    const { clock, work } = opening([at(PATH)], failing(3, error), { patience: 60_000 });
    expect(await rejection(work)).toBe(error);
    expect(clock.now()).toBe(1_000);
  });

  it('is not tried again where the device itself is at fault', async () => {
    const error = new StepwiseError('no-flash-layout', { strings: [] });
    const { clock, work } = opening([at(PATH)], failing(1, error), { patience: 60_000 });
    expect(await rejection(work)).toBe(error);
    expect(clock.now()).toBe(0);
  });

  it('waits for the next device when one leaves again, however often a plug bounces', async () => {
    const clock = new VirtualClock();
    const steady = at(PATH, clock);
    const open = (device: UsbDevice) =>
      device === steady ? Promise.resolve('open') : Promise.reject(new UsbError('gone', 'open'));
    const { bus, work } = opening([at(PATH, clock), at(PATH, clock)], open, { patience: 60_000 }, clock);
    for (let bounce = 0; bounce < 5; bounce++) {
      const passing = at(PATH, clock);
      bus.attach(passing);
      await clock.sleep(700);
      bus.detach(passing);
    }
    bus.attach(steady);
    expect(await work).toBe('open');
  });

  it('ends with its patience, also where a device that is gone stays listed', async () => {
    const { clock, work } = opening([at(PATH), at(PATH)], failing(Infinity, new UsbError('gone', 'open')), {
      patience: 5_000,
    });
    expect(await work).toBeUndefined();
    expect(clock.now()).toBeLessThanOrEqual(5_500);
  });

  it('waits for another device than one that is passed over', async () => {
    const clock = new VirtualClock();
    const [application, loader] = [at(PATH, clock), at(PATH, clock)];
    const error = new StepwiseError('not-dfuse', { what: '' });
    const open = (device: UsbDevice) => (device === loader ? Promise.resolve('open') : Promise.reject(error));
    const passOver = (thrown: unknown) => thrown === error;
    const { bus, work } = opening([application], open, { patience: 60_000, passOver }, clock);
    await clock.sleep(10_000);
    bus.detach(application);
    bus.attach(loader);
    expect(await work).toBe('open');
  });
});

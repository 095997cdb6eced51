/** A look at what is plugged in for somebody who does not wait: whatever has not answered by then is told as such. */
import type { Clock } from '../../../shared/clock.ts';
import type { Device } from '../../../shared/device.ts';
import { look, type Seen } from '../../services/look.ts';
import type { UsbBus, UsbDevice } from '../../usb/port.ts';
import { formatUsbId } from './choose-devices.ts';

/** @param isWanted whether a device may be opened. @param patience milliseconds for all of them together */
export async function lookBriefly(
  bus: UsbBus,
  clock: Clock,
  isWanted: (device: UsbDevice) => boolean,
  patience: number,
): Promise<readonly Device[]> {
  const over = new AbortController();
  const hurried = hurriedBus(bus, over.signal);
  const inTime = hurriedClock(clock, over.signal);
  const devices = (await hurried.list()).filter(isWanted);
  const enough = new AbortController();
  const late = clock.sleep(patience, enough.signal).then(() => undefined);
  const seen = await Promise.all(
    devices.map(async (device) => {
      const looked = look(hurried, inTime, device, []);
      return deviceOf(device, await Promise.race([looked, late]));
    }),
  );
  enough.abort();
  over.abort();
  return seen;
}

function deviceOf({ path, identity: usb }: UsbDevice, seen: Seen | undefined): Device {
  const known = seen && 'identity' in seen ? seen.identity : undefined;
  const title = known?.title ?? `USB ${formatUsbId(usb)}`;
  switch (seen?.kind) {
    case undefined:
      return { path, title, state: { kind: 'looking' } };
    case 'ready':
      return { path, title, state: { kind: 'ready', identity: seen.identity } };
    case 'application':
      return { path, title, state: { kind: 'application', canEnter: seen.canEnter } };
    case 'unusable':
      return {
        path,
        title,
        state: { kind: 'unusable', failure: seen.error.failure, ...(known && { identity: known }) },
      };
  }
}

// -- what ends when nobody waits for it any more -------------------------------------------------------------------------

function hurriedClock(clock: Clock, signal: AbortSignal): Clock {
  return {
    now: () => clock.now(),
    sleep: async (ms, other) => {
      if (!signal.aborted) await clock.sleep(ms, either(signal, other));
    },
  };
}

function hurriedBus(bus: UsbBus, signal: AbortSignal): UsbBus {
  const known = new Map<UsbDevice, UsbDevice>();
  const hurriedOf = (device: UsbDevice): UsbDevice => {
    const hurried = known.get(device) ?? hurry(device, signal);
    known.set(device, hurried);
    return hurried;
  };
  return {
    list: async () => (await bus.list()).map(hurriedOf),
    subscribe: (listener) =>
      bus.subscribe(({ type, device }) => listener({ type, device: hurriedOf(device) })),
    close: () => bus.close(),
  };
}

function hurry(device: UsbDevice, signal: AbortSignal): UsbDevice {
  return {
    path: device.path,
    address: device.address,
    identity: device.identity,
    open: () => device.open(),
    close: () => device.close(),
    claim: (number) => device.claim(number),
    selectAlternate: (number, alternate) => device.selectAlternate(number, alternate),
    controlIn: (setup, length, deadline, other) =>
      device.controlIn(setup, length, deadline, either(signal, other)),
    controlOut: (setup, data, deadline, other) =>
      device.controlOut(setup, data, deadline, either(signal, other)),
    reset: () => device.reset(),
  };
}

function either(signal: AbortSignal, other: AbortSignal | undefined): AbortSignal {
  return other ? AbortSignal.any([signal, other]) : signal;
}

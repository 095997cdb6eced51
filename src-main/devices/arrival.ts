/**
 * Waiting for a device at a port path. Hotplug events get lost and USB addresses change, so a device is known by where
 * it is plugged in, and by being another attachment than the one before.
 */
import type { Clock } from '../../shared/clock.ts';
import type { UsbBus, UsbDevice } from '../usb/port.ts';

/** How often the bus is looked at besides its events, in milliseconds. */
const LOOK_INTERVAL = 250;

export interface ArrivalOptions {
  /** Milliseconds to wait at most. */
  readonly patience: number;
  /** The attachment that is to be replaced; any device counts where there is none. */
  readonly instead?: UsbDevice;
  readonly signal?: AbortSignal;
}

/** The device at `path`, as soon as there is one; undefined when patience or the caller ends the wait. */
export async function deviceAt(
  bus: UsbBus,
  clock: Clock,
  path: string,
  options: ArrivalOptions,
): Promise<UsbDevice | undefined> {
  const until = clock.now() + options.patience;
  for (;;) {
    const found = (await bus.list()).find((device) => device.path === path && device !== options.instead);
    if (found) return found;
    const left = until - clock.now();
    if (left <= 0 || options.signal?.aborted) return undefined;
    await eventOrSleep(bus, clock, Math.min(left, LOOK_INTERVAL));
  }
}

/** Resolves at the next hotplug event or after `ms`, whichever is first. */
async function eventOrSleep(bus: UsbBus, clock: Clock, ms: number): Promise<void> {
  let unsubscribe = (): void => undefined;
  const event = new Promise<void>((resolve) => {
    unsubscribe = bus.subscribe(() => {
      resolve();
    });
  });
  await Promise.race([event, clock.sleep(ms)]);
  unsubscribe();
}

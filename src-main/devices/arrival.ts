/**
 * Waiting for a device at a port path. Hotplug events get lost and USB addresses change, so a device is known by where
 * it is plugged in, and by being another attachment than the one before.
 */
import type { Clock } from '../../shared/clock.ts';
import { UsbError, type UsbBus, type UsbDevice } from '../usb/port.ts';

/** How often the bus is looked at besides its events, in milliseconds. */
const LOOK_INTERVAL = 250;
/** A device just plugged in may be held by another program, not be allowed yet, or not be ready for its first request. */
const OPEN_TRIES = 3;
const OPEN_RETRY_DELAY = 500;

export interface ArrivalOptions {
  /** Milliseconds to wait at most. */
  readonly patience: number;
  /** The attachment that is to be replaced; any device counts where there is none. */
  readonly instead?: UsbDevice | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The device at `path`, as soon as there is one; undefined when patience or the caller ends the wait. */
export function deviceAt(
  bus: UsbBus,
  clock: Clock,
  path: string,
  { patience, instead, signal }: ArrivalOptions,
): Promise<UsbDevice | undefined> {
  return nextAt(bus, clock, path, new Set([instead]), clock.now() + patience, signal);
}

/**
 * What `open` makes of the device at `path`, as soon as it can; undefined when patience or the caller ends the wait. A
 * device that is gone again before it was opened is not meant, nor is one that `passOver` recognises: the next one is.
 * @throws what `open` throws; a UsbError only when it threw one several times
 */
export async function openAt<T>(
  bus: UsbBus,
  clock: Clock,
  path: string,
  open: (device: UsbDevice) => Promise<T>,
  options: ArrivalOptions & { readonly passOver?: (error: unknown) => boolean },
): Promise<T | undefined> {
  const { patience, instead, signal, passOver } = options;
  const until = clock.now() + patience;
  const notMeant = new Set([instead]);
  for (let failures = 0; ;) {
    const found = await nextAt(bus, clock, path, notMeant, until, signal);
    if (!found) return undefined;
    try {
      return await open(found);
    } catch (error) {
      if (isGone(error) || passOver?.(error)) notMeant.add(found);
      else if (!(error instanceof UsbError) || ++failures === OPEN_TRIES) throw error;
    }
    await clock.sleep(OPEN_RETRY_DELAY);
  }
}

async function nextAt(
  bus: UsbBus,
  clock: Clock,
  path: string,
  notMeant: ReadonlySet<UsbDevice | undefined>,
  until: number,
  signal: AbortSignal | undefined,
): Promise<UsbDevice | undefined> {
  for (;;) {
    const found = (await bus.list()).find((device) => device.path === path && !notMeant.has(device));
    if (found) return found;
    const left = until - clock.now();
    if (left <= 0 || signal?.aborted) return undefined;
    await eventOrSleep(bus, clock, Math.min(left, LOOK_INTERVAL), signal);
  }
}

function isGone(error: unknown): boolean {
  return error instanceof UsbError && error.kind === 'gone';
}

/** Resolves at the next hotplug event, after `ms`, or when the caller ends the wait, whichever is first. */
async function eventOrSleep(
  bus: UsbBus,
  clock: Clock,
  ms: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  let wake = (): void => undefined;
  const woken = new Promise<void>((resolve) => (wake = resolve));
  const unsubscribe = bus.subscribe(() => {
    wake();
  });
  signal?.addEventListener('abort', wake);
  try {
    await Promise.race([woken, clock.sleep(ms)]);
  } finally {
    unsubscribe();
    signal?.removeEventListener('abort', wake);
  }
}

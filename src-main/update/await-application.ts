/** Waits for the application of a product to show itself at the port where its bootloader was. */
import type { Clock } from '../../shared/clock.ts';
import { hasUsbId, type UsbId } from '../devices/bootloader-ids.ts';
import { deviceAt, type ArrivalOptions } from '../devices/arrival.ts';
import type { UsbBus, UsbDevice } from '../usb/port.ts';

/**
 * @param options.instead the bootloader; whatever else comes and is not the application is waited away as well
 * @returns undefined when patience or the caller ends the wait
 */
export async function awaitApplication(
  bus: UsbBus,
  clock: Clock,
  path: string,
  application: UsbId,
  { patience, instead, signal }: ArrivalOptions,
): Promise<UsbDevice | undefined> {
  const until = clock.now() + patience;
  for (let other = instead; ;) {
    const options = { patience: until - clock.now(), instead: other, signal };
    const found = await deviceAt(bus, clock, path, options);
    if (!found || hasUsbId(found.identity, [application])) return found;
    other = found;
  }
}

/** How often it is looked whether the device is still there, in milliseconds. */
const LOOK_INTERVAL = 500;

/** @returns whether the device left the bus before patience, or the caller, ended the wait */
export async function awaitDeparture(
  bus: UsbBus,
  clock: Clock,
  device: UsbDevice,
  patience: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const until = clock.now() + patience;
  while ((await bus.list()).includes(device)) {
    if (signal?.aborted || clock.now() >= until) return false;
    await clock.sleep(LOOK_INTERVAL);
  }
  return true;
}

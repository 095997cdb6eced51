/** What was seen of a device that was told to start its application. Never a promise that it runs. */
import type { Departure } from '../../../update/leave-job.ts';

const BY_HAND = 'unplug the device, set BOOT0 back, plug it in.';

export function departureWords({ left, unreliable }: Departure): string {
  if (!left) return `The bootloader is still there. To start the application, ${BY_HAND}`;
  return unreliable
    ? `The bootloader has left USB, but on this chip the start is known to fail. If nothing happens, ${BY_HAND}`
    : `The bootloader has started the application and left USB. If nothing happens, ${BY_HAND}`;
}

/** Starts the application, as far as the bootloader does it: some crash here, so what was seen is told, not promised. */
import { FLASH_START } from '../dfuse/layout.ts';
import type { UsbBus } from '../usb/port.ts';
import type { Connected } from './connect.ts';
import type { JobOptions } from './job.ts';

export interface Departure {
  /** The bootloader left the bus. */
  readonly left: boolean;
  /** Known to fail on this loader: a replug is the sure way. */
  readonly unreliable: boolean;
}

/** A device that leaves is off the bus within this many milliseconds. */
const LEAVE_PATIENCE = 3_000;
const LOOK_INTERVAL = 100;

/** @param address of the application's vector table */
export async function leaveBootloader(
  connected: Connected,
  bus: UsbBus,
  options: JobOptions,
  address = FLASH_START,
): Promise<Departure> {
  options.listener({ type: 'phase', phase: 'leave' });
  const { session } = connected.connection;
  const unreliable = connected.device.quirks.some(({ effect }) => effect.kind === 'leave-unreliable');
  const answered = await session.leave(address);
  if (answered === 'still-here') return { left: false, unreliable };
  const until = options.clock.now() + LEAVE_PATIENCE;
  while ((await bus.list()).includes(session.device)) {
    if (options.clock.now() >= until) return { left: false, unreliable };
    await options.clock.sleep(LOOK_INTERVAL);
  }
  return { left: true, unreliable };
}

/**
 * Sends a device from its application to its bootloader and finds it again: at the same port path, whatever VID:PID it
 * has then. Entering can fail (a crystal that starts slowly is enough), so it is tried more than once.
 */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { detach } from '../dfuse/detach.ts';
import { openDevice } from '../dfuse/loader.ts';
import type { UsbBus, UsbDevice } from '../usb/port.ts';
import { openAt } from './arrival.ts';

const TRIES = 3;
/** A bootloader is on the bus within this many milliseconds after the application left it. */
const RETURN_PATIENCE = 10_000;

/**
 * @param device an application with a DFU run-time interface, or a bootloader, which is returned as it is
 * @returns the device in DFU mode, closed
 * @throws not-supported where the application has no DFU interface, did-not-return, UsbError
 */
export async function enterBootloader(bus: UsbBus, clock: Clock, device: UsbDevice): Promise<UsbDevice> {
  const { path } = device;
  let seen = await look(device, true);
  for (let attempt = 1; seen.mode === 'run-time'; attempt++) {
    if (attempt > TRIES) {
      throw new StepwiseError('not-supported', {
        what: 'the device starts its application again instead of its bootloader',
      });
    }
    const mayDetach = attempt < TRIES;
    const options = { patience: RETURN_PATIENCE, instead: seen.device };
    const back = await openAt(bus, clock, path, (found) => look(found, mayDetach), options);
    if (!back) throw new StepwiseError('did-not-return', { path, waited: RETURN_PATIENCE });
    seen = back;
  }
  return seen.device;
}

interface Seen {
  readonly device: UsbDevice;
  readonly mode: 'run-time' | 'bootloader';
}

/** Looks what a device runs. An application is told to go to its bootloader, if it may. */
async function look(device: UsbDevice, mayDetach: boolean): Promise<Seen> {
  const { dfu } = await openDevice(device);
  try {
    if (dfu.mode === 'none') {
      throw new StepwiseError('not-supported', {
        what: 'the application offers no way into the bootloader over USB',
      });
    }
    if (dfu.mode === 'run-time' && mayDetach) {
      await device.claim(dfu.interfaceNumber);
      await detach(device, dfu);
    }
    return { device, mode: dfu.mode };
  } finally {
    await device.close();
  }
}

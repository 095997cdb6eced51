/**
 * Sends a device from its application to its bootloader and finds it again: at the same port path, whatever VID:PID it
 * has then. Entering can fail (a crystal that starts slowly is enough), so it is tried more than once.
 */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { detach } from '../dfuse/detach.ts';
import { openDevice } from '../dfuse/loader.ts';
import type { UsbBus, UsbDevice } from '../usb/port.ts';
import { deviceAt } from './arrival.ts';

const TRIES = 3;
/** A bootloader is on the bus within this many milliseconds after the application left it. */
const RETURN_PATIENCE = 10_000;

/**
 * @param device an application with a DFU run-time interface, or a bootloader, which is returned as it is
 * @returns the device in DFU mode, closed
 * @throws not-supported where the application has no DFU interface, did-not-return, UsbError
 */
export async function enterBootloader(bus: UsbBus, clock: Clock, device: UsbDevice): Promise<UsbDevice> {
  let current = device;
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await inBootloaderOrDetached(current)) return current;
    const back = await deviceAt(bus, clock, device.path, { patience: RETURN_PATIENCE, instead: current });
    if (!back) throw new StepwiseError('did-not-return', { path: device.path, waited: RETURN_PATIENCE });
    current = back;
  }
  const opened = await openDevice(current);
  await current.close();
  if (opened.dfu.mode === 'bootloader') return current;
  throw new StepwiseError('not-supported', {
    what: 'the device starts its application again instead of its bootloader',
  });
}

/** True for a bootloader; an application is told to go there. */
async function inBootloaderOrDetached(device: UsbDevice): Promise<boolean> {
  const { dfu } = await openDevice(device);
  try {
    if (dfu.mode === 'bootloader') return true;
    if (dfu.mode === 'none') {
      throw new StepwiseError('not-supported', {
        what: 'the application offers no way into the bootloader over USB',
      });
    }
    await device.claim(dfu.interfaceNumber);
    await detach(device, dfu);
    return false;
  } finally {
    await device.close();
  }
}

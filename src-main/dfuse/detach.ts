/**
 * From the application into the bootloader (DFU 1.1 §5.1): DETACH, and a bus reset for devices that do not leave the
 * bus themselves. What then appears may have another VID:PID; it is found again by its port path.
 */
import type { UsbDevice } from '../usb/port.ts';
import { UsbError } from '../usb/port.ts';
import type { DfuFunction } from './dfu-function.ts';
import { DfuAttribute, DfuRequest, REQUEST_OUT } from './protocol.ts';
import { TRANSFER_DEADLINE } from './session.ts';

/** @param device open, its DFU interface claimed. @throws UsbError where the device refuses */
export async function detach(
  device: UsbDevice,
  runTime: Extract<DfuFunction, { mode: 'run-time' }>,
): Promise<void> {
  const setup = {
    requestType: REQUEST_OUT,
    request: DfuRequest.detach,
    value: runTime.detachTimeout,
    index: runTime.interfaceNumber,
  };
  try {
    await device.controlOut(setup, new Uint8Array(), TRANSFER_DEADLINE);
    if (!(runTime.attributes & DfuAttribute.willDetach)) await device.reset();
  } catch (error) {
    // It went before it could answer: that is what was asked for.
    if (!(error instanceof UsbError) || error.kind !== 'gone') throw error;
  }
}

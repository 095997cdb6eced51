/** An application for virtual devices: what the demo's device is when it is not in its bootloader. */
import type { ApplicationModel } from '../application.ts';

/** VID:PID set aside for tests by pid.codes. */
export const demoApplication: ApplicationModel = {
  usb: {
    vendorId: 0x1209,
    productId: 0x0001,
    usbVersion: 0x0200,
    deviceVersion: 0x0100,
    manufacturer: 'Stepwise',
    product: 'Demo device',
    serial: 'DEMO-1',
  },
  runtime: { willDetach: true, detachTimeout: 1000 },
};

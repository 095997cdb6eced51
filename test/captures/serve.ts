/**
 * Serves one fresh virtual bootloader over USB/IP until it is ended: what the captures beside this file were taken from.
 * `serve.js DEVICE`; it says `ready` when it listens.
 */
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { createVirtualDevice } from '../../src-main/virtual/catalogue/index.ts';
import { UsbipServer } from '../../src-main/virtual/usbip/server.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';

const [, , name = ''] = process.argv;
const device = createVirtualDevice(name, { clock: systemClock, path: '1-1' });
await new UsbipServer(new VirtualBus(systemClock, [device])).listen();
process.stdout.write('ready\n');

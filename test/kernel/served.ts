/**
 * The device's end of the cable, on a thread of its own. It must be: when a program cancels a transfer, Linux lets its
 * thread wait until the host controller has given the transfer back, and here that waits for this server.
 */
import { parentPort } from 'node:worker_threads';
import type { UsbDevice, UsbIdentity } from '../../src-main/usb/port.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { createVirtualDevice } from '../../src-main/virtual/catalogue/index.ts';
import type { FlashFault } from '../../src-main/virtual/nor-flash.ts';
import { UsbipServer } from '../../src-main/virtual/usbip/server.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import type { VirtualDevice } from '../../src-main/virtual/virtual-device.ts';
import { FakeBus } from '../usb/fake-bus.ts';
import { StandIn } from './stand-in.ts';
import type { Manner } from './stand-in.ts';

/** What is to be plugged in. */
export type Wanted =
  | { readonly kind: 'stand-in'; readonly manners: readonly Manner[] }
  /** A virtual bootloader of the catalogue; `flash` stands at the start of its flash. */
  | { readonly kind: 'bootloader'; readonly name: string; readonly flash?: Uint8Array };

export type Command =
  | { readonly type: 'serve'; readonly path: string; readonly wanted: Wanted }
  /** The device leaves the bus by itself. */
  | { readonly type: 'vanish'; readonly path: string }
  /** What is in its flash, looked at from inside; and what was done to it against the rules of flash. */
  | { readonly type: 'peek'; readonly path: string; readonly address: number; readonly length: number };

export type News =
  | { readonly type: 'listening'; readonly port: number }
  | { readonly type: 'serving'; readonly path: string; readonly identity: UsbIdentity }
  /** The device has taken a request and does not answer it yet. */
  | { readonly type: 'holding'; readonly path: string }
  | {
      readonly type: 'contents';
      readonly path: string;
      readonly address: number;
      readonly bytes: Uint8Array;
      readonly faults: readonly FlashFault[];
    }
  /** The host gave up on a request that was held. */
  | { readonly type: 'abandoned'; readonly path: string };

const FLASH_START = 0x08000000;

const bus = new FakeBus();
const bootloaders = new Map<string, VirtualDevice>();

function tell(news: News): void {
  parentPort?.postMessage(news);
}

async function makeDevice(path: string, wanted: Wanted): Promise<UsbDevice> {
  if (wanted.kind === 'stand-in') {
    return new StandIn(path, wanted.manners, (type) => {
      tell({ type, path });
    });
  }
  const contents = wanted.flash ? [{ address: FLASH_START, bytes: wanted.flash }] : [];
  const device = createVirtualDevice(wanted.name, { clock: systemClock, path, contents });
  bootloaders.set(path, device);
  const [attachment] = await new VirtualBus(systemClock, [device]).list();
  if (!attachment) throw new Error(`${wanted.name} does not show itself`);
  return attachment;
}

async function obey(command: Command): Promise<void> {
  const present = bus.devices.find(({ path }) => path === command.path);
  if (command.type === 'vanish') {
    if (present) bus.detach(present);
  } else if (command.type === 'peek') {
    const { path, address, length } = command;
    const flash = bootloaders.get(path)?.flash;
    if (flash)
      tell({ type: 'contents', path, address, bytes: flash.read(address, length), faults: flash.faults });
  } else {
    const device = await makeDevice(command.path, command.wanted);
    bus.attach(device);
    tell({ type: 'serving', path: command.path, identity: device.identity });
  }
}

parentPort?.on('message', (command: Command) => void obey(command));
const { port } = await new UsbipServer(bus).listen(0);
tell({ type: 'listening', port });

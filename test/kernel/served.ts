/**
 * The device's end of the cable, on a thread of its own. It must be: when a program cancels a transfer, Linux lets its
 * thread wait until the host controller has given the transfer back, and here that waits for this server.
 */
import { parentPort } from 'node:worker_threads';
import type { UsbDevice, UsbIdentity } from '../../src-main/usb/port.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { createVirtualDevice, virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import { ScaledClock } from '../../src-main/virtual/clocks.ts';
import type { DeviceDefinition } from '../../src-main/virtual/definition.ts';
import type { Fault } from '../../src-main/virtual/faults.ts';
import type { FlashFault } from '../../src-main/virtual/nor-flash.ts';
import type { LoaderTiming } from '../../src-main/virtual/timing.ts';
import { UsbipServer } from '../../src-main/virtual/usbip/server.ts';
import type { TransferRecord, VirtualDevice } from '../../src-main/virtual/virtual-device.ts';
import { FakeBus } from '../usb/fake-bus.ts';
import { Cable } from './cable.ts';
import type { Hold } from './cable.ts';
import { exactClock } from './exact-clock.ts';
import { StandIn } from './stand-in.ts';
import type { Manner } from './stand-in.ts';

/** What is to be plugged in. */
export type Wanted =
  | { readonly kind: 'stand-in'; readonly manners: readonly Manner[] }
  /** A virtual bootloader of the catalogue; `flash` stands at the start of its flash. */
  | {
      readonly kind: 'bootloader';
      readonly name: string;
      readonly flash?: Uint8Array;
      readonly measured?: Measured;
      readonly faults?: readonly Fault[];
      /** How many times as fast as life its time runs; default 1. */
      readonly speed?: number;
    };

/**
 * For a device that serves as a stopwatch: it records its transfers and keeps its times exactly. One that answers at
 * once, its chip and its wire taking no time, shows what everything else takes.
 */
export type Measured = 'in-its-time' | 'at-once';

export type Command =
  | { readonly type: 'serve'; readonly path: string; readonly wanted: Wanted }
  /** The device leaves the bus by itself. */
  | { readonly type: 'vanish'; readonly path: string }
  /** A bootloader loses its power and gets it back: told as `attached`. */
  | { readonly type: 'replug'; readonly path: string }
  /** A bootloader stops in the middle of a transfer: told as `holding`. */
  | { readonly type: 'hold'; readonly path: string; readonly hold: Hold }
  /** What is in its flash, looked at from inside; and what was done to it against the rules of flash. */
  | { readonly type: 'peek'; readonly path: string; readonly address: number; readonly length: number }
  /** What a measured device was asked since it was last looked at. */
  | { readonly type: 'look'; readonly path: string };

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
  | { readonly type: 'seen'; readonly path: string; readonly transfers: readonly TransferRecord[] }
  /** A bootloader is on the bus again, ready to be plugged in anew. */
  | { readonly type: 'attached'; readonly path: string }
  /** The host gave up on a request that was held. */
  | { readonly type: 'abandoned'; readonly path: string };

const FLASH_START = 0x08000000;
const NO_TIME: LoaderTiming = {
  usb: { perTransfer: 0, perPacket: 0 },
  perUpload: 0,
  erase: {},
  massErase: 0,
  programPerKilobyte: 0,
  optionBytes: 0,
  poll: { setAddress: 0, erase: 0, massErase: 0, write: 0, readUnprotect: 0 },
};

const bus = new FakeBus();
const bootloaders = new Map<string, VirtualDevice>();
const cables = new Map<string, Cable>();

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
  const { name, measured, faults = [], speed = 1 } = wanted;
  const usual = speed > 1 ? new ScaledClock(systemClock, speed) : systemClock;
  const clock = measured ? exactClock : usual;
  const definition = measured === 'at-once' ? answeringAtOnce(name) : name;
  const log = measured !== undefined;
  const device = createVirtualDevice(definition, { clock, path, contents, faults, log });
  bootloaders.set(path, device);
  const cable = new Cable(path, device, clock, bus, (type) => {
    tell({ type, path });
  });
  cables.set(path, cable);
  return cable.first();
}

function answeringAtOnce(name: string): DeviceDefinition {
  const definition = virtualDevices.get(name);
  if (!definition) throw new RangeError(`no virtual device is called ${name}`);
  return { ...definition, timing: NO_TIME };
}

async function obey(command: Command): Promise<void> {
  const present = bus.devices.find(({ path }) => path === command.path);
  if (command.type === 'vanish') {
    if (present) bus.detach(present);
  } else if (command.type === 'replug') {
    await cables.get(command.path)?.replug();
  } else if (command.type === 'hold') {
    cables.get(command.path)?.hold(command.hold);
  } else if (command.type === 'peek') {
    const { path, address, length } = command;
    const flash = bootloaders.get(path)?.flash;
    if (flash)
      tell({ type: 'contents', path, address, bytes: flash.read(address, length), faults: flash.faults });
  } else if (command.type === 'look') {
    const { path } = command;
    tell({ type: 'seen', path, transfers: bootloaders.get(path)?.log.splice(0) ?? [] });
  } else {
    const device = await makeDevice(command.path, command.wanted);
    bus.attach(device);
    tell({ type: 'serving', path: command.path, identity: device.identity });
  }
}

parentPort?.on('message', (command: Command) => void obey(command));
const { port } = await new UsbipServer(bus).listen(0);
tell({ type: 'listening', port });

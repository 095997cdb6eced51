/**
 * The plainest host there is, for the tests of this room: a method for each request, no waiting, no recovery. It knows
 * nothing of the engine's own session, so that bootloader and session are written twice from the same documents.
 */
import { expect } from 'vitest';
import { DfuRequest, DfuSeCommand, DfuState, DfuStatus, REQUEST_IN, REQUEST_OUT } from '../dfuse/protocol.ts';
import type { ControlSetup, UsbDevice } from '../usb/port.ts';
import { createVirtualDevice, virtualDevices } from './catalogue/index.ts';
import { VirtualClock } from './clocks.ts';
import type { DeviceDefinition, LoaderModel } from './definition.ts';
import { VirtualBus } from './virtual-bus.ts';
import type { VirtualDevice, VirtualDeviceOptions } from './virtual-device.ts';

export interface StatusReply {
  readonly status: number;
  readonly poll: number;
  readonly state: number;
}

/** Ten seconds: longer than any single erase takes. */
const DEADLINE_MS = 10_000;

export class TestHost {
  readonly clock: VirtualClock;
  readonly bus: VirtualBus;
  readonly device: VirtualDevice;
  usb: UsbDevice;

  private constructor(clock: VirtualClock, bus: VirtualBus, device: VirtualDevice, usb: UsbDevice) {
    this.clock = clock;
    this.bus = bus;
    this.device = device;
    this.usb = usb;
  }

  /** A device that was plugged in long ago, opened and claimed. */
  static async with(
    device: string | DeviceDefinition,
    options: Omit<VirtualDeviceOptions, 'clock'> = {},
  ): Promise<TestHost> {
    const clock = new VirtualClock();
    const virtual = createVirtualDevice(device, { ...options, clock });
    const bus = new VirtualBus(clock, [virtual]);
    const host = new TestHost(clock, bus, virtual, await only(bus));
    await host.reopen();
    return host;
  }

  /** As {@link with}, and past the dfuERROR some loaders come up in. */
  static async idle(
    device: string | DeviceDefinition,
    options: Omit<VirtualDeviceOptions, 'clock'> = {},
  ): Promise<TestHost> {
    const host = await TestHost.with(device, options);
    if ((await host.getStatus()).state === DfuState.error) await host.clearStatus();
    return host;
  }

  /** Opens what is plugged in now, as after a re-enumeration. */
  async reopen(): Promise<void> {
    this.usb = await only(this.bus);
    await this.usb.open();
    await this.usb.claim(0);
  }

  out(
    request: number,
    value = 0,
    data: Uint8Array = new Uint8Array(0),
    deadline = DEADLINE_MS,
  ): Promise<void> {
    return this.usb.controlOut(setup(REQUEST_OUT, request, value), data, deadline);
  }

  in(request: number, length: number, value = 0, deadline = DEADLINE_MS): Promise<Uint8Array> {
    return this.usb.controlIn(setup(REQUEST_IN, request, value), length, deadline);
  }

  async getStatus(deadline = DEADLINE_MS): Promise<StatusReply> {
    const bytes = await this.in(DfuRequest.getStatus, 6, 0, deadline);
    const [status = -1, low = 0, middle = 0, high = 0, state = -1] = bytes;
    return { status, poll: low | (middle << 8) | (high << 16), state };
  }

  async getState(): Promise<number> {
    return (await this.in(DfuRequest.getState, 1))[0] ?? -1;
  }

  clearStatus(): Promise<void> {
    return this.out(DfuRequest.clrStatus);
  }

  abort(): Promise<void> {
    return this.out(DfuRequest.abort);
  }

  download(block: number, data: Uint8Array | readonly number[]): Promise<void> {
    return this.out(DfuRequest.dnload, block, Uint8Array.from(data));
  }

  upload(block: number, length: number): Promise<Uint8Array> {
    return this.in(DfuRequest.upload, length, block);
  }

  sendErase(address: number): Promise<void> {
    return this.download(0, [DfuSeCommand.erase, ...littleEndian(address)]);
  }

  /** Polls without a pause until the loader no longer says dfuDNBUSY. @returns all answers, the last one first */
  async untilDone(): Promise<[StatusReply, ...StatusReply[]]> {
    const answers: [StatusReply, ...StatusReply[]] = [await this.getStatus()];
    while (answers[0].state === DfuState.dnBusy) answers.unshift(await this.getStatus());
    return answers;
  }

  async setAddress(address: number): Promise<StatusReply> {
    await this.download(0, [DfuSeCommand.setAddressPointer, ...littleEndian(address)]);
    return (await this.untilDone())[0];
  }

  async erase(address: number): Promise<StatusReply> {
    await this.sendErase(address);
    return (await this.untilDone())[0];
  }

  /** Sets the address and writes one block. */
  async write(address: number, data: Uint8Array | readonly number[]): Promise<StatusReply> {
    await this.setAddress(address);
    await this.download(2, data);
    return (await this.untilDone())[0];
  }

  /** Sets the address, goes to dfuIDLE and reads one block. */
  async read(address: number, length: number): Promise<Uint8Array> {
    await this.setAddress(address);
    await this.abort();
    return this.upload(2, length);
  }
}

export function littleEndian(value: number): [number, number, number, number] {
  return [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24];
}

function setup(requestType: number, request: number, value: number): ControlSetup {
  return { requestType, request, value, index: 0 };
}

async function only(bus: VirtualBus): Promise<UsbDevice> {
  const [device, ...others] = await bus.list();
  if (!device || others.length > 0) throw new Error('exactly one device must be plugged in');
  return device;
}

/** A device of the catalogue whose loader differs in something. */
export function definition(name: string, loader: Partial<LoaderModel> = {}): DeviceDefinition {
  const found = virtualDevices.get(name);
  if (!found) throw new Error(`no device ${name}`);
  return { ...found, loader: { ...found.loader, ...loader } };
}

export function filled(length: number, value = 0x5a): Uint8Array {
  return new Uint8Array(length).fill(value);
}

export const stall = expect.objectContaining({ kind: 'stall' }) as unknown;
export const idle: StatusReply = { status: DfuStatus.ok, poll: 0, state: DfuState.dfuIdle };
export const dnloadIdle: StatusReply = { status: DfuStatus.ok, poll: 0, state: DfuState.dnloadIdle };
export const inError = (status: number): StatusReply => ({ status, poll: 0, state: DfuState.error });

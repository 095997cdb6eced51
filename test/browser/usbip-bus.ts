/**
 * A bus whose devices live in another process: the host's half of USB/IP, straight over a socket and without a kernel. A
 * program that is killed in mid-write leaves such a device as it would leave a real one.
 */
import { connect, type Socket } from 'node:net';
import {
  UsbError,
  type ControlSetup,
  type UsbBus,
  type UsbDevice,
  type UsbEvent,
} from '../../src-main/usb/port.ts';
import { DescriptorType, getDescriptor, STANDARD_DEADLINE_MS } from '../../src-main/usb/standard-requests.ts';
import { ByteStream } from '../../src-main/virtual/usbip/byte-stream.ts';

const VERSION = 0x0111;
const LIST = 0x8005;
const IMPORT = 0x8003;
const SUBMIT = 1;
const OPERATION_LENGTH = 8;
const DEVICE_LENGTH = 312;
const BUS_ID_AT = 256;
const BUS_ID_LENGTH = 32;
const COMMAND_LENGTH = 48;
const EPIPE = -32;
const SET_INTERFACE = { requestType: 0x01, request: 0x0b };
const DEVICE_DESCRIPTOR_LENGTH = 18;
const POLL_MS = 100;

export class UsbipBus implements UsbBus {
  readonly #port: number;
  readonly #devices = new Map<string, ImportedDevice>();
  readonly #listeners = new Set<(event: UsbEvent) => void>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<readonly UsbDevice[]> | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  list(): Promise<readonly UsbDevice[]> {
    this.#looking ??= this.#look().finally(() => (this.#looking = undefined));
    return this.#looking;
  }

  subscribe(listener: (event: UsbEvent) => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => void this.list().catch(ignored), POLL_MS);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const device of this.#devices.values()) device.cut();
    this.#devices.clear();
    await Promise.resolve();
  }

  async #look(): Promise<readonly UsbDevice[]> {
    const offered = await this.#offered();
    for (const [path, device] of this.#devices) {
      if (offered.includes(path) && !device.isGone) continue;
      this.#devices.delete(path);
      device.cut();
      this.#tell({ type: 'detached', device });
    }
    for (const path of offered) {
      if (this.#devices.has(path)) continue;
      const device = await ImportedDevice.import(this.#port, path);
      this.#devices.set(path, device);
      this.#tell({ type: 'attached', device });
    }
    return [...this.#devices.values()];
  }

  async #offered(): Promise<readonly string[]> {
    const line = await Line.open(this.#port);
    line.write(operation(LIST));
    await line.take(OPERATION_LENGTH);
    const count = (await line.take(4)).readUInt32BE();
    const ids: string[] = [];
    for (let number = 0; number < count; number++) ids.push(busId(await line.take(DEVICE_LENGTH)));
    line.cut();
    return ids;
  }

  #tell(event: UsbEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}

/** One connection to the server. */
class Line {
  readonly #socket: Socket;
  readonly #stream: ByteStream;
  isDown = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#stream = new ByteStream(socket);
    socket.on('close', () => (this.isDown = true));
    // Whoever waits for bytes learns it there.
    socket.on('error', () => undefined);
  }

  static open(port: number): Promise<Line> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        resolve(new Line(socket));
      });
      socket.once('error', reject);
    });
  }

  write(...parts: readonly Uint8Array[]): void {
    this.#socket.write(Buffer.concat(parts));
  }

  async take(length: number): Promise<Buffer> {
    const bytes = length === 0 ? Buffer.alloc(0) : await this.#stream.take(length).catch(() => undefined);
    if (!bytes) throw new UsbError('gone', 'wait for an answer');
    return bytes;
  }

  cut(): void {
    this.#socket.destroy();
  }
}

class ImportedDevice implements UsbDevice {
  static #addresses = 0;
  readonly path: string;
  readonly address = ++ImportedDevice.#addresses;
  identity: UsbDevice['identity'];
  readonly #port: number;
  #line: Line;
  #sequence = 0;

  private constructor(port: number, path: string, line: Line) {
    this.#port = port;
    this.path = path;
    this.#line = line;
    this.identity = NOTHING_KNOWN;
  }

  static async import(port: number, path: string): Promise<ImportedDevice> {
    const device = new ImportedDevice(port, path, await imported(port, path));
    device.identity = await device.#describe();
    return device;
  }

  get isGone(): boolean {
    return this.#line.isDown;
  }

  cut(): void {
    this.#line.cut();
  }

  open(): Promise<void> {
    return this.isGone ? Promise.reject(new UsbError('gone', 'open')) : Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  claim(): Promise<void> {
    return this.open();
  }

  async selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    const setup = { ...SET_INTERFACE, value: alternate, index: interfaceNumber };
    await this.controlOut(setup, new Uint8Array(), STANDARD_DEADLINE_MS);
  }

  controlIn(setup: ControlSetup, length: number, deadline: number): Promise<Uint8Array> {
    return this.#transfer(setup, 'in', length, new Uint8Array(), deadline);
  }

  async controlOut(setup: ControlSetup, data: Uint8Array, deadline: number): Promise<void> {
    await this.#transfer(setup, 'out', data.length, data, deadline);
  }

  /** The server resets what is imported. */
  async reset(): Promise<void> {
    this.#line.cut();
    this.#line = await imported(this.#port, this.path);
  }

  async #transfer(
    setup: ControlSetup,
    direction: 'in' | 'out',
    length: number,
    data: Uint8Array,
    deadline: number,
  ): Promise<Uint8Array> {
    const line = this.#line;
    line.write(submit(++this.#sequence, setup, direction, length), data);
    // A device that keeps silent is cut off; the program sees what it would see of a dead one.
    const timer = setTimeout(() => {
      line.cut();
    }, deadline);
    try {
      const header = await line.take(COMMAND_LENGTH);
      const status = header.readInt32BE(20);
      const answer = await line.take(direction === 'in' && status === 0 ? header.readInt32BE(24) : 0);
      if (status === 0) return answer;
      throw new UsbError(status === EPIPE ? 'stall' : 'io', 'control transfer');
    } finally {
      clearTimeout(timer);
    }
  }

  /** USB 2.0 §9.6.1. */
  async #describe(): Promise<UsbDevice['identity']> {
    const setup = getDescriptor(DescriptorType.device, 0);
    const bytes = Buffer.from(await this.controlIn(setup, DEVICE_DESCRIPTOR_LENGTH, STANDARD_DEADLINE_MS));
    return {
      usbVersion: bytes.readUInt16LE(2),
      vendorId: bytes.readUInt16LE(8),
      productId: bytes.readUInt16LE(10),
      deviceVersion: bytes.readUInt16LE(12),
      manufacturerIndex: bytes.readUInt8(14),
      productIndex: bytes.readUInt8(15),
      serialIndex: bytes.readUInt8(16),
    };
  }
}

const NOTHING_KNOWN: UsbDevice['identity'] = {
  usbVersion: 0,
  vendorId: 0,
  productId: 0,
  deviceVersion: 0,
  manufacturerIndex: 0,
  productIndex: 0,
  serialIndex: 0,
};

async function imported(port: number, path: string): Promise<Line> {
  const line = await Line.open(port);
  const id = Buffer.alloc(BUS_ID_LENGTH);
  id.write(path, 'latin1');
  line.write(operation(IMPORT), id);
  if ((await line.take(OPERATION_LENGTH)).readUInt32BE(4) !== 0) throw new UsbError('busy', 'import');
  await line.take(DEVICE_LENGTH);
  return line;
}

function operation(code: number): Buffer {
  const bytes = Buffer.alloc(OPERATION_LENGTH);
  bytes.writeUInt16BE(VERSION, 0);
  bytes.writeUInt16BE(code, 2);
  return bytes;
}

function submit(sequence: number, setup: ControlSetup, direction: 'in' | 'out', length: number): Buffer {
  const bytes = Buffer.alloc(COMMAND_LENGTH);
  bytes.writeUInt32BE(SUBMIT, 0);
  bytes.writeUInt32BE(sequence, 4);
  bytes.writeUInt32BE(direction === 'in' ? 1 : 0, 12);
  bytes.writeInt32BE(length, 24);
  bytes.writeUInt8(setup.requestType, 40);
  bytes.writeUInt8(setup.request, 41);
  bytes.writeUInt16LE(setup.value, 42);
  bytes.writeUInt16LE(setup.index, 44);
  bytes.writeUInt16LE(length, 46);
  return bytes;
}

function busId(device: Buffer): string {
  const end = device.indexOf(0, BUS_ID_AT);
  return device.toString('latin1', BUS_ID_AT, end);
}

/** A server that is not there is a bus without devices; who asks for the list is told, who polls is not. */
function ignored(): void {
  return undefined;
}

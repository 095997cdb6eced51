import type {
  NativeCallback,
  NativeDevice,
  NativeTransfer,
  NativeUsb,
  TransferCallback,
} from '../../src-main/usb/libusb/native.ts';

/** An exception as the npm package throws it. */
export function libusbError(errno: number): Error {
  return Object.assign(new Error(`libusb ${errno}`), { errno });
}

const SETUP_LENGTH = 8;
const CANCELLED = 3;

/** A transfer that ends when the test says so. */
export class FakeTransfer implements NativeTransfer {
  readonly device: FakeNativeDevice;
  packet: Buffer = Buffer.alloc(0);
  cancelled = false;
  readonly #callback: TransferCallback;

  constructor(device: FakeNativeDevice, callback: TransferCallback) {
    this.device = device;
    this.#callback = callback;
  }

  submit(buffer: Buffer): void {
    this.device.fail('submit');
    this.packet = buffer;
    this.device.transfers.push(this);
    this.device.onTransfer(this);
  }

  cancel(): boolean {
    this.cancelled = true;
    this.device.fail('cancel');
    if (!this.device.ignoresCancel) this.end(CANCELLED);
    return true;
  }

  /** The device answered an IN transfer with these bytes. */
  answer(...bytes: readonly number[]): void {
    this.packet.set(bytes, SETUP_LENGTH);
    this.#callback(undefined, this.packet, bytes.length);
  }

  /** The device took this many bytes of an OUT transfer. */
  accept(length = this.packet.length - SETUP_LENGTH): void {
    this.#callback(undefined, this.packet, length);
  }

  end(status: number): void {
    this.#callback(libusbError(status), this.packet, 0);
  }
}

type Call =
  'open' | 'close' | 'claim' | 'release' | 'select' | 'reset' | 'detach-driver' | 'submit' | 'cancel';

export class FakeNativeDevice implements NativeDevice {
  readonly busNumber: number = 1;
  readonly deviceAddress: number;
  readonly portNumbers?: number[];
  readonly deviceDescriptor = {
    idVendor: 0x0483,
    idProduct: 0xdf11,
    bcdDevice: 0x0200,
    bcdUSB: 0x0100,
    iManufacturer: 1,
    iProduct: 2,
    iSerialNumber: 3,
  };

  /** What was called, in order. */
  readonly calls: string[] = [];
  readonly transfers: FakeTransfer[] = [];
  onTransfer: (transfer: FakeTransfer) => void = () => undefined;
  ignoresCancel = false;
  /** Calls whose callback never comes. */
  readonly hanging = new Set<Call>();
  readonly #failures = new Map<Call, (number | undefined)[]>();

  /** @param ports undefined for a root hub */
  constructor(ports: number[] | undefined, address = 7) {
    if (ports) this.portNumbers = ports;
    this.deviceAddress = address;
  }

  /** The next calls fail with these numbers, one each; undefined lets one succeed. */
  failNext(call: Call, ...numbers: (number | undefined)[]): void {
    this.#failures.set(call, numbers);
  }

  fail(call: Call): void {
    const number = this.#failures.get(call)?.shift();
    if (number !== undefined) throw libusbError(number);
  }

  open(): void {
    this.calls.push('open');
    this.fail('open');
  }

  close(): void {
    this.calls.push('close');
    this.fail('close');
  }

  setAutoDetachKernelDriver(): void {
    this.fail('detach-driver');
  }

  reset(callback: NativeCallback): void {
    this.calls.push('reset');
    this.#end('reset', callback);
  }

  __claimInterface(interfaceNumber: number): void {
    this.calls.push(`claim ${interfaceNumber}`);
    this.fail('claim');
  }

  __releaseInterface(interfaceNumber: number, callback: NativeCallback): void {
    this.calls.push(`release ${interfaceNumber}`);
    this.#end('release', callback);
  }

  __setInterface(interfaceNumber: number, alternate: number, callback: NativeCallback): void {
    this.calls.push(`select ${interfaceNumber} ${alternate}`);
    this.#end('select', callback);
  }

  #end(call: Call, callback: NativeCallback): void {
    if (this.hanging.has(call)) return;
    try {
      this.fail(call);
      queueMicrotask(callback);
    } catch (error) {
      queueMicrotask(() => callback(error instanceof Error ? error : undefined));
    }
  }
}

export class FakeNativeUsb implements NativeUsb {
  devices: FakeNativeDevice[] = [];
  /** The list cannot be read. */
  broken = false;
  readonly watchers = new Set<() => void>();

  getDeviceList(): readonly NativeDevice[] {
    if (this.broken) throw libusbError(-11);
    return this.devices;
  }

  watch(listener: () => void): () => void {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  }

  /** The library noticed something. */
  notice(): void {
    for (const listener of this.watchers) listener();
  }

  controlTransfer(device: NativeDevice, callback: TransferCallback): NativeTransfer {
    if (device instanceof FakeNativeDevice) return new FakeTransfer(device, callback);
    throw new TypeError('not a fake device');
  }
}

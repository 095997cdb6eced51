import type { Clock } from '../../../shared/clock.ts';
import { UsbError } from '../port.ts';
import type { ControlSetup, UsbDevice, UsbIdentity } from '../port.ts';
import { NeverEndedError, nativeCall } from './deadline.ts';
import { ERROR_NOT_FOUND, errorNumber, toUsbError } from './failure-kinds.ts';
import type { NativeDevice, NativeUsb } from './native.ts';
import { controlIn, controlOut } from './transfer.ts';

/** Other programs (ModemManager) look into a new device for some seconds, so a busy interface is asked for again. */
export const CLAIM_ATTEMPTS = 6;
export const CLAIM_RETRY_MS = 1_000;

/**
 * A device that is being unplugged fails with damaged packets, or refuses to open, until the system has noticed: some
 * tenths of a second. So a failure without a better name is looked at again for so long.
 */
export const DEPARTURE_LOOKS = 10;
export const DEPARTURE_LOOK_MS = 100;

export class LibusbDevice implements UsbDevice {
  readonly path: string;
  readonly address: number;
  readonly identity: UsbIdentity;

  readonly #usb: NativeUsb;
  readonly #native: NativeDevice;
  readonly #clock: Clock;
  readonly #claimed = new Set<number>();
  #open = false;
  #gone = false;
  /** A request of the library that never ended: neither a further one nor a close would get through. */
  #blockedBy: NeverEndedError | undefined;
  #underWay: Promise<void> | undefined;
  #closing: Promise<void> | undefined;

  constructor(usb: NativeUsb, native: NativeDevice, clock: Clock) {
    this.#usb = usb;
    this.#native = native;
    this.#clock = clock;
    this.path = devicePath(native);
    this.address = native.deviceAddress;
    this.identity = identityOf(native);
  }

  /** The bus saw it leave. */
  left(): void {
    this.#gone = true;
  }

  async open(): Promise<void> {
    await this.#closing;
    if (this.#open) return;
    this.#refuseUnusable('open');
    try {
      this.#native.open(false);
    } catch (error) {
      throw await this.#explain(error, 'open');
    }
    this.#open = true;
    this.#letDriversBeDetached();
  }

  async claim(interfaceNumber: number): Promise<void> {
    const operation = `claim interface ${interfaceNumber}`;
    for (let attempt = 1; ; attempt++) {
      this.#refuseUnready(operation);
      try {
        this.#native.__claimInterface(interfaceNumber);
        this.#claimed.add(interfaceNumber);
        return;
      } catch (error) {
        const failure = await this.#explain(error, operation);
        if (failure.kind !== 'busy' || attempt === CLAIM_ATTEMPTS) throw failure;
      }
      await this.#clock.sleep(CLAIM_RETRY_MS);
    }
  }

  async selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    const operation = `select alternate setting ${alternate} of interface ${interfaceNumber}`;
    await this.#alone(operation, () =>
      nativeCall(operation, (done) => this.#native.__setInterface(interfaceNumber, alternate, done)),
    );
  }

  async controlIn(
    setup: ControlSetup,
    length: number,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const transfer = () => controlIn(this.#usb, this.#native, setup, length, deadline, signal);
    return this.#alone('control in', transfer);
  }

  async controlOut(
    setup: ControlSetup,
    data: Uint8Array,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<void> {
    const transfer = () => controlOut(this.#usb, this.#native, setup, data, deadline, signal);
    await this.#alone('control out', transfer);
  }

  async reset(): Promise<void> {
    await this.#alone('reset', () => resetDevice(this.#native));
  }

  close(): Promise<void> {
    this.#closing ??= this.#close().finally(() => {
      this.#closing = undefined;
    });
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    await this.#underWay;
    for (const interfaceNumber of this.#claimed) {
      await this.#release(interfaceNumber);
    }
    this.#claimed.clear();
    try {
      this.#native.close();
    } catch {
      // Only a request that never ended keeps a device from closing; the system takes it back with the process.
    }
  }

  /** Releasing gives the interface back to the kernel's driver; closing alone would not. */
  async #release(interfaceNumber: number): Promise<void> {
    if (this.#blockedBy) return;
    try {
      await nativeCall('release', (done) => this.#native.__releaseInterface(interfaceNumber, done));
    } catch (error) {
      // A device that has left has nothing to release.
      if (error instanceof NeverEndedError) this.#blockedBy = error;
    }
  }

  #letDriversBeDetached(): void {
    try {
      this.#native.setAutoDetachKernelDriver(true);
    } catch {
      // "Not supported", on Windows: there is no driver to detach there. Anything else shows when claiming.
    }
  }

  /** Runs one request of the library; the port allows no second one beside it. */
  async #alone<T>(operation: string, request: () => Promise<T>): Promise<T> {
    this.#refuseUnready(operation);
    if (this.#underWay) {
      throw new UsbError('io', operation, new Error('another transfer of this device is under way'));
    }
    const result = request();
    this.#underWay = result.then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof NeverEndedError) this.#blockedBy = error;
      },
    );
    try {
      return await result;
    } catch (error) {
      throw await this.#explain(error, operation);
    } finally {
      this.#underWay = undefined;
    }
  }

  /** The failure by its name: `gone` too when the device turns out to have been leaving. */
  async #explain(error: unknown, operation: string): Promise<UsbError> {
    const failure = toUsbError(error, operation);
    if (failure.kind !== 'io' || errorNumber(failure.cause) === undefined) return failure;
    for (let look = 0; look < DEPARTURE_LOOKS; look++) {
      if (this.#gone || !this.#isListed()) return new UsbError('gone', failure.operation, failure);
      await this.#clock.sleep(DEPARTURE_LOOK_MS);
    }
    return failure;
  }

  #isListed(): boolean {
    try {
      return this.#usb.getDeviceList().includes(this.#native);
    } catch {
      return true; // not known; the failure keeps its name then
    }
  }

  #refuseUnready(operation: string): void {
    this.#refuseUnusable(operation);
    if (!this.#open) throw new UsbError('io', operation, new Error('the device is not open'));
  }

  #refuseUnusable(operation: string): void {
    if (this.#gone) throw new UsbError('gone', operation);
    if (this.#blockedBy) throw new UsbError('io', operation, this.#blockedBy);
  }
}

async function resetDevice(native: NativeDevice): Promise<void> {
  try {
    await nativeCall('reset', (done) => native.reset(done));
  } catch (error) {
    // libusb_reset_device: "not found" says that the device has to be enumerated again, as another one.
    const another = error instanceof UsbError && errorNumber(error.cause) === ERROR_NOT_FOUND;
    throw another ? new UsbError('gone', error.operation, error) : error;
  }
}

/** Bus and chain of hub ports, as Linux writes them: `1-2.4`; port 0 is the bus's own root hub. */
function devicePath({ busNumber, portNumbers }: NativeDevice): string {
  return `${busNumber}-${portNumbers?.join('.') ?? '0'}`;
}

function identityOf({ deviceDescriptor }: NativeDevice): UsbIdentity {
  return {
    vendorId: deviceDescriptor.idVendor,
    productId: deviceDescriptor.idProduct,
    deviceVersion: deviceDescriptor.bcdDevice,
    usbVersion: deviceDescriptor.bcdUSB,
    manufacturerIndex: deviceDescriptor.iManufacturer,
    productIndex: deviceDescriptor.iProduct,
    serialIndex: deviceDescriptor.iSerialNumber,
  };
}

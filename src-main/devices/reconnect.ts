/**
 * Getting at the same device again: after a close, a reset, or a hand that unplugged it. "The same" means the same port
 * path and, since people do plug in another board, the same strings and layout, and whatever else the caller can tell
 * one chip from another by.
 */
import type { Clock } from '../../shared/clock.ts';
import { isFailure, StepwiseError } from '../../shared/failure.ts';
import { openLoader, type OpenedLoader } from '../dfuse/loader.ts';
import type { DfuSeSession } from '../dfuse/session.ts';
import { UsbError, type UsbBus, type UsbDevice } from '../usb/port.ts';
import { openAt, type ArrivalOptions } from './arrival.ts';

/** A device that was reset is back within this many milliseconds, or does not come by itself. */
const RESET_PATIENCE = 5_000;

export type Open = (device: UsbDevice) => Promise<OpenedLoader>;
/** Asked about a new attachment that looks the same. @throws wrong-device-returned where it is another device after all */
export type Confirm = (loader: OpenedLoader) => Promise<void>;

export class Reconnection {
  readonly path: string;
  readonly #bus: UsbBus;
  readonly #clock: Clock;
  readonly #open: Open;
  readonly #signal: AbortSignal | undefined;
  readonly #confirm: Confirm;
  #loader: OpenedLoader;
  /** The attachment that was last tried, whether it could be opened or not. */
  #latest: UsbDevice;

  constructor(
    bus: UsbBus,
    clock: Clock,
    loader: OpenedLoader,
    open?: Open,
    signal?: AbortSignal,
    confirm: Confirm = () => Promise.resolve(),
  ) {
    this.path = loader.device.path;
    this.#bus = bus;
    this.#clock = clock;
    this.#loader = loader;
    this.#latest = loader.device;
    this.#open = open ?? ((device) => openLoader(device, clock));
    this.#signal = signal;
    this.#confirm = confirm;
  }

  /** What is open now. */
  get loader(): OpenedLoader {
    return this.#loader;
  }

  async reopen(): Promise<DfuSeSession> {
    const { device } = this.#loader;
    await device.close();
    return this.#adopt(device);
  }

  async reset(): Promise<DfuSeSession> {
    const { device } = this.#loader;
    // Where it could not be opened again it is closed, and only an open device can be reset.
    await device.open();
    const instead = (await resetStays(device)) ? undefined : device;
    await device.close();
    const session = await this.#next({ patience: RESET_PATIENCE, instead });
    if (!session) throw new UsbError('gone', 'find the device after a reset');
    return session;
  }

  async replugged(patience: number): Promise<DfuSeSession> {
    const started = this.#clock.now();
    await this.#loader.device.close();
    const session = await this.#next({ patience, instead: this.#latest, signal: this.#signal });
    if (session) return session;
    throw new StepwiseError('did-not-return', { path: this.path, waited: this.#clock.now() - started });
  }

  #next(options: ArrivalOptions): Promise<DfuSeSession | undefined> {
    const open = (device: UsbDevice) => this.#adopt(device);
    return openAt(this.#bus, this.#clock, this.path, open, { ...options, passOver: isNoBootloader });
  }

  async #adopt(device: UsbDevice): Promise<DfuSeSession> {
    this.#latest = device;
    const loader = await this.#open(device);
    try {
      this.#expectSameLooks(loader);
      if (device !== this.#loader.device) await this.#confirm(loader);
    } catch (error) {
      await device.close();
      throw error;
    }
    loader.session.limitTransferSize(this.#loader.session.transferSize);
    this.#loader = loader;
    return loader.session;
  }

  #expectSameLooks(loader: OpenedLoader): void {
    const expected = fingerprint(this.#loader);
    const found = fingerprint(loader);
    if (found !== expected) {
      throw new StepwiseError('wrong-device-returned', { path: this.path, expected, found });
    }
  }
}

/** @returns false for a device that has to be enumerated again, as another one */
async function resetStays(device: UsbDevice): Promise<boolean> {
  try {
    await device.reset();
    return true;
  } catch (error) {
    if (error instanceof UsbError && error.kind === 'gone') return false;
    throw error;
  }
}

/** People plug a device in without its boot button held: then its application is there, maybe with another driver. */
function isNoBootloader(error: unknown): boolean {
  return (
    isFailure(error, 'not-dfuse') ||
    isFailure(error, 'no-flash-layout') ||
    (error instanceof UsbError && error.kind === 'no-driver')
  );
}

/** What two boards with different chips, revisions or bootloaders differ in, for all that descriptors show. */
function fingerprint({ device: { identity }, strings, dfu }: OpenedLoader): string {
  const id = [identity.vendorId, identity.productId, identity.deviceVersion].map((n) =>
    n.toString(16).padStart(4, '0'),
  );
  const names = dfu.alternates.map(({ name }) => name ?? '');
  return [id.join(':'), strings.product ?? '', strings.serial ?? '', ...names].join(' | ');
}

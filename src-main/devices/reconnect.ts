/**
 * Getting at the same device again: after a close, a reset, or a hand that unplugged it. "The same" means the same port
 * path and, since people do plug in another board, the same strings and layout.
 */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { openLoader, type OpenedLoader } from '../dfuse/loader.ts';
import type { DfuSeSession } from '../dfuse/session.ts';
import { UsbError, type UsbBus, type UsbDevice } from '../usb/port.ts';
import { deviceAt } from './arrival.ts';

/** A device that was reset is back within this many milliseconds, or does not come by itself. */
const RESET_PATIENCE = 5_000;
/** A device just plugged in may be held by another program, or not be ready for its first request. */
const OPEN_TRIES = 3;
const OPEN_RETRY_DELAY = 500;

export type Open = (device: UsbDevice) => Promise<OpenedLoader>;

export class Reconnection {
  readonly path: string;
  readonly #bus: UsbBus;
  readonly #clock: Clock;
  readonly #open: Open;
  readonly #signal: AbortSignal | undefined;
  #loader: OpenedLoader;

  constructor(bus: UsbBus, clock: Clock, loader: OpenedLoader, open?: Open, signal?: AbortSignal) {
    this.path = loader.device.path;
    this.#bus = bus;
    this.#clock = clock;
    this.#loader = loader;
    this.#open = open ?? ((device) => openLoader(device, clock));
    this.#signal = signal;
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
    await device.reset();
    await device.close();
    const found = await deviceAt(this.#bus, this.#clock, this.path, { patience: RESET_PATIENCE });
    if (!found) throw new UsbError('gone', 'find the device after a reset');
    return this.#adopt(found);
  }

  async replugged(patience: number): Promise<DfuSeSession> {
    const { device } = this.#loader;
    await device.close();
    const until = this.#clock.now() + patience;
    for (let attempt = 1; ; attempt++) {
      const found = await deviceAt(this.#bus, this.#clock, this.path, {
        patience: until - this.#clock.now(),
        instead: device,
        ...(this.#signal && { signal: this.#signal }),
      });
      if (!found) throw new StepwiseError('did-not-return', { path: this.path, waited: patience });
      try {
        return await this.#adopt(found);
      } catch (error) {
        if (!(error instanceof UsbError) || attempt >= OPEN_TRIES) throw error;
        await this.#clock.sleep(OPEN_RETRY_DELAY);
      }
    }
  }

  async #adopt(device: UsbDevice): Promise<DfuSeSession> {
    const loader = await this.#open(device);
    const expected = fingerprint(this.#loader);
    const found = fingerprint(loader);
    if (found !== expected) {
      await device.close();
      throw new StepwiseError('wrong-device-returned', { path: this.path, expected, found });
    }
    loader.session.limitTransferSize(this.#loader.session.transferSize);
    this.#loader = loader;
    return loader.session;
  }
}

/** What two boards with different chips, revisions or bootloaders differ in, for all that descriptors show. */
function fingerprint({ device: { identity }, strings, dfu }: OpenedLoader): string {
  const id = [identity.vendorId, identity.productId, identity.deviceVersion].map((n) =>
    n.toString(16).padStart(4, '0'),
  );
  const names = dfu.alternates.map(({ name }) => name ?? '');
  return [id.join(':'), strings.product ?? '', strings.serial ?? '', ...names].join(' | ');
}

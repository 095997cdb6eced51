import { DescriptorType } from '../../src-main/usb/standard-requests.ts';
import { UsbError } from '../../src-main/usb/port.ts';
import type { ControlSetup, UsbDevice, UsbIdentity } from '../../src-main/usb/port.ts';
import { buildDescriptors } from '../../src-main/virtual/descriptors.ts';
import type { Descriptors } from '../../src-main/virtual/descriptors.ts';

/** How it meets a class request; the default is six bytes of GETSTATUS in dfuIDLE, at once. */
export type Manner =
  | { readonly kind: 'answer'; readonly bytes: Uint8Array; readonly after?: number }
  | { readonly kind: 'stall' }
  /** No answer until the host gives up. */
  | { readonly kind: 'silence' };

export const IDLE = Uint8Array.of(0, 0, 0, 0, 2, 0);
const STANDARD_IN = 0x80;

/**
 * A device whose manners the test chooses, request by request: what no bootloader does on purpose, but every host must
 * bear.
 */
export class StandIn implements UsbDevice {
  readonly path: string;
  readonly address = 2;
  readonly identity: UsbIdentity;
  readonly #descriptors: Descriptors;
  readonly #manners: Manner[];
  readonly #tell: (news: 'holding' | 'abandoned') => void;

  /** @param manners how it meets the first class requests, one each */
  constructor(path: string, manners: readonly Manner[], tell: (news: 'holding' | 'abandoned') => void) {
    this.path = path;
    this.#manners = [...manners];
    this.#tell = tell;
    this.#descriptors = buildDescriptors({
      vendorId: 0x0483,
      productId: 0xdf11,
      usbVersion: 0x0100,
      deviceVersion: 0x2200,
      manufacturer: 'Stepwise',
      product: 'Stand-in',
      serial: 'STANDIN',
      alternates: ['@Internal Flash  /0x08000000/04*016Kg', '@Option Bytes  /0x1FFFC000/01*016 e'],
      dfu: { protocol: 2, attributes: 0x0b, detachTimeout: 255, transferSize: 2048, version: 0x011a },
    });
    this.identity = this.#descriptors.identity;
  }

  open(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    return Promise.resolve();
  }
  claim(): Promise<void> {
    return Promise.resolve();
  }
  selectAlternate(_interfaceNumber: number, alternate: number): Promise<void> {
    return alternate < this.#descriptors.alternateCount
      ? Promise.resolve()
      : Promise.reject(new UsbError('io', 'select'));
  }
  reset(): Promise<void> {
    return Promise.resolve();
  }

  async controlIn(
    setup: ControlSetup,
    length: number,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<Uint8Array> {
    const bytes =
      setup.requestType === STANDARD_IN ? this.#descriptor(setup.value) : await this.#meet(deadline, signal);
    if (!bytes) throw new UsbError('stall', 'test');
    return bytes.slice(0, length);
  }

  async controlOut(
    _setup: ControlSetup,
    _data: Uint8Array,
    deadline: number,
    signal?: AbortSignal,
  ): Promise<void> {
    if (!(await this.#meet(deadline, signal))) throw new UsbError('stall', 'test');
  }

  #descriptor(value: number): Uint8Array | undefined {
    const { device, configuration, strings } = this.#descriptors;
    switch (value >>> 8) {
      case DescriptorType.device:
        return device;
      case DescriptorType.configuration:
        return configuration;
      case DescriptorType.string:
        return strings[value & 0xff];
      default:
        return undefined;
    }
  }

  /** Undefined for a stall. */
  async #meet(deadline: number, signal: AbortSignal | undefined): Promise<Uint8Array | undefined> {
    const manner = this.#manners.shift() ?? { kind: 'answer', bytes: IDLE };
    if (manner.kind === 'stall') return undefined;
    const holdFor = manner.kind === 'silence' ? deadline : (manner.after ?? 0);
    if (holdFor > 0) await this.#hold(holdFor, signal);
    if (manner.kind === 'answer') return manner.bytes;
    throw new UsbError('timeout', 'test');
  }

  async #hold(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const elapsed = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(true), ms);
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve(false);
      });
      this.#tell('holding');
    });
    if (elapsed) return;
    this.#tell('abandoned');
    throw new UsbError('timeout', 'test');
  }
}

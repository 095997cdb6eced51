/** A device with some of its methods exchanged, for what its system may do to it. */
import type { UsbDevice, UsbIdentity } from '../../src-main/usb/port.ts';

export type Overrides = Partial<
  Pick<UsbDevice, 'open' | 'close' | 'claim' | 'reset' | 'controlIn' | 'controlOut'>
>;

export class WrappedDevice implements UsbDevice {
  readonly path: string;
  readonly address: number;
  readonly identity: UsbIdentity;
  readonly #device: UsbDevice;
  readonly #instead: Overrides;

  constructor(device: UsbDevice, overrides: Overrides) {
    this.path = device.path;
    this.address = device.address;
    this.identity = device.identity;
    this.#device = device;
    this.#instead = overrides;
  }

  open(): Promise<void> {
    return (this.#instead.open ?? (() => this.#device.open()))();
  }

  close(): Promise<void> {
    return (this.#instead.close ?? (() => this.#device.close()))();
  }

  claim(interfaceNumber: number): Promise<void> {
    return (this.#instead.claim ?? ((number) => this.#device.claim(number)))(interfaceNumber);
  }

  selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    return this.#device.selectAlternate(interfaceNumber, alternate);
  }

  controlIn(...request: Parameters<UsbDevice['controlIn']>): Promise<Uint8Array> {
    return (this.#instead.controlIn ?? ((...same) => this.#device.controlIn(...same)))(...request);
  }

  controlOut(...request: Parameters<UsbDevice['controlOut']>): Promise<void> {
    return (this.#instead.controlOut ?? ((...same) => this.#device.controlOut(...same)))(...request);
  }

  reset(): Promise<void> {
    return (this.#instead.reset ?? (() => this.#device.reset()))();
  }
}

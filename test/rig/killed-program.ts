/**
 * A device in the hands of a program that is killed: from a moment on the program gets no answer and asks nothing more,
 * and nobody closes or aborts anything. The device goes on with what it was told.
 */
import type { UsbDevice, UsbIdentity } from '../../src-main/usb/port.ts';

export class KilledProgram implements UsbDevice {
  readonly path: string;
  readonly address: number;
  readonly identity: UsbIdentity;
  /** Resolves at the moment of death. */
  readonly died: Promise<void>;
  readonly #device: UsbDevice;
  readonly #isTime: () => boolean;
  #die = (): void => undefined;

  /** @param isTime asked after each thing the program did with the device */
  constructor(device: UsbDevice, isTime: () => boolean) {
    this.path = device.path;
    this.address = device.address;
    this.identity = device.identity;
    this.#device = device;
    this.#isTime = isTime;
    this.died = new Promise((resolve) => (this.#die = resolve));
  }

  open(): Promise<void> {
    return this.#alive(this.#device.open());
  }

  close(): Promise<void> {
    return this.#alive(this.#device.close());
  }

  claim(interfaceNumber: number): Promise<void> {
    return this.#alive(this.#device.claim(interfaceNumber));
  }

  selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    return this.#alive(this.#device.selectAlternate(interfaceNumber, alternate));
  }

  controlIn(...request: Parameters<UsbDevice['controlIn']>): Promise<Uint8Array> {
    return this.#alive(this.#device.controlIn(...request));
  }

  controlOut(...request: Parameters<UsbDevice['controlOut']>): Promise<void> {
    return this.#alive(this.#device.controlOut(...request));
  }

  reset(): Promise<void> {
    return this.#alive(this.#device.reset());
  }

  async #alive<T>(action: Promise<T>): Promise<T> {
    const result = await action;
    if (!this.#isTime()) return result;
    this.#die();
    return new Promise<never>(() => undefined);
  }
}

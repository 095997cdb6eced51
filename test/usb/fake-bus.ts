import type { Clock } from '../../shared/clock.ts';
import { UsbError } from '../../src-main/usb/port.ts';
import type { ControlSetup, UsbBus, UsbDevice, UsbEvent, UsbFailureKind } from '../../src-main/usb/port.ts';

/** A clock that stands still but for who sleeps on it. */
export class FakeClock implements Clock {
  time = 1_000;

  now(): number {
    return this.time;
  }

  async sleep(ms: number): Promise<void> {
    await Promise.resolve();
    this.time += Math.max(0, ms);
  }
}

export type Answer = Uint8Array | UsbFailureKind | Error;

/** A device that takes `latency` ms for everything and answers IN transfers from a list. */
export class FakeDevice implements UsbDevice {
  readonly path: string;
  readonly address: number;
  readonly identity = {
    vendorId: 0x0483,
    productId: 0xdf11,
    deviceVersion: 0x2200,
    usbVersion: 0x0100,
    manufacturerIndex: 1,
    productIndex: 2,
    serialIndex: 3,
  };
  latency = 2;
  /** What was called, in order. */
  readonly calls: string[] = [];
  /** The data of each OUT transfer. */
  readonly sent: Uint8Array[] = [];
  readonly #clock: Clock;
  readonly #answers: Answer[] = [];

  constructor(clock: Clock, path = '1-2.4', address = 9) {
    this.#clock = clock;
    this.path = path;
    this.address = address;
  }

  /** What the next requests end with, one each; after that they succeed with no data. */
  willAnswer(...answers: readonly Answer[]): void {
    this.#answers.push(...answers);
  }

  open(): Promise<void> {
    return this.#done('open');
  }
  close(): Promise<void> {
    return this.#done('close');
  }
  reset(): Promise<void> {
    return this.#done('reset');
  }
  claim(interfaceNumber: number): Promise<void> {
    return this.#done(`claim ${interfaceNumber}`);
  }
  selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    return this.#done(`select ${interfaceNumber} ${alternate}`);
  }
  controlIn(_setup: ControlSetup, length: number): Promise<Uint8Array> {
    return this.#answer('in').then((data) => data.subarray(0, length));
  }
  controlOut(_setup: ControlSetup, data: Uint8Array): Promise<void> {
    this.sent.push(data.slice());
    return this.#done('out');
  }

  async #done(operation: string): Promise<void> {
    await this.#answer(operation);
  }

  async #answer(operation: string): Promise<Uint8Array> {
    this.calls.push(operation);
    await this.#clock.sleep(this.latency);
    const answer = this.#answers.shift() ?? new Uint8Array();
    if (typeof answer === 'string') throw new UsbError(answer, operation);
    if (answer instanceof Error) throw answer;
    return answer;
  }
}

export class FakeBus implements UsbBus {
  readonly devices: UsbDevice[] = [];
  readonly #listeners = new Set<(event: UsbEvent) => void>();
  closed = false;

  list(): Promise<readonly UsbDevice[]> {
    return Promise.resolve([...this.devices]);
  }

  subscribe(listener: (event: UsbEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.closed = true;
    return Promise.resolve();
  }

  get subscribers(): number {
    return this.#listeners.size;
  }

  attach(device: UsbDevice): void {
    this.devices.push(device);
    for (const listener of this.#listeners) listener({ type: 'attached', device });
  }

  detach(device: UsbDevice): void {
    this.devices.splice(this.devices.indexOf(device), 1);
    for (const listener of this.#listeners) listener({ type: 'detached', device });
  }
}

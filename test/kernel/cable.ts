import type { Clock } from '../../shared/clock.ts';
import { DfuRequest, FIRST_DATA_BLOCK, REQUEST_OUT } from '../../src-main/dfuse/protocol.ts';
import { UsbError } from '../../src-main/usb/port.ts';
import type { ControlSetup, UsbDevice } from '../../src-main/usb/port.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import type { VirtualDevice } from '../../src-main/virtual/virtual-device.ts';
import { WrappedDevice } from '../rig/wrapped-device.ts';
import type { FakeBus } from '../usb/fake-bus.ts';

/** A device takes a transfer and answers it no more: with `done` it has carried it out by then. */
export interface Hold {
  /** Only blocks that are written count; default: all transfers. */
  readonly during?: 'write';
  /** Transfers to let pass first. */
  readonly after: number;
  readonly done: boolean;
}

/** It is back on the bus, after it had left it for whatever reason; the transfer of a {@link Hold} is under way. */
export type CableNews = 'attached' | 'holding';

/**
 * A virtual bootloader at its end of the cable: when it leaves the bus, whether by a fault or by a hand that pulls the
 * plug, it leaves the bus that is served; and it can be stopped in the middle of a transfer.
 */
export class Cable {
  readonly #path: string;
  readonly #bus: VirtualBus;
  readonly #served: FakeBus;
  readonly #tell: (news: CableNews) => void;
  #shown: UsbDevice | undefined;
  #hold: Hold | undefined;
  #passed = 0;

  constructor(
    path: string,
    device: VirtualDevice,
    clock: Clock,
    served: FakeBus,
    tell: (news: CableNews) => void,
  ) {
    this.#path = path;
    this.#bus = new VirtualBus(clock, [device]);
    this.#served = served;
    this.#tell = tell;
    this.#bus.subscribe((event) => {
      this.#disappear();
      if (event.type === 'detached') return;
      this.#served.attach(this.#show(event.device));
      this.#tell('attached');
    });
  }

  /** What is plugged in at the beginning. */
  async first(): Promise<UsbDevice> {
    const [attachment] = await this.#bus.list();
    if (!attachment) throw new Error(`nothing shows itself at ${this.#path}`);
    return this.#show(attachment);
  }

  /** The device loses its power and gets it back. */
  async replug(): Promise<void> {
    await this.#bus.replug(this.#path);
  }

  hold(hold: Hold): void {
    this.#hold = hold;
    this.#passed = 0;
  }

  #disappear(): void {
    const present = this.#shown;
    this.#shown = undefined;
    if (present && this.#served.devices.includes(present)) this.#served.detach(present);
  }

  #show(attachment: UsbDevice): UsbDevice {
    this.#shown = new WrappedDevice(attachment, {
      controlIn: (...request) => this.#carry(request[0], () => attachment.controlIn(...request), request[3]),
      controlOut: (...request) =>
        this.#carry(request[0], () => attachment.controlOut(...request), request[3]),
    });
    return this.#shown;
  }

  async #carry<T>(
    setup: ControlSetup,
    transfer: () => Promise<T>,
    signal: AbortSignal | undefined,
  ): Promise<T> {
    const hold = this.#hold;
    const counts = hold?.during === undefined || isBlock(setup);
    if (!hold || !counts || this.#passed++ < hold.after) return transfer();
    this.#hold = undefined;
    // How it ended is what nobody will hear.
    if (hold.done) await transfer().catch(() => undefined);
    this.#tell('holding');
    await new Promise<void>((resolve) => {
      if (signal?.aborted) resolve();
      signal?.addEventListener('abort', () => resolve());
    });
    throw new UsbError('timeout', 'held');
  }
}

/** Of what is written; commands are blocks with lower numbers. */
function isBlock({ requestType, request, value }: ControlSetup): boolean {
  return requestType === REQUEST_OUT && request === DfuRequest.dnload && value >= FIRST_DATA_BLOCK;
}

import { UsbError } from '../../usb/port.ts';
import type { UsbFailureKind } from '../../usb/port.ts';
import type { DeviceDriver } from './device-driver.ts';
import { ProtocolError, TransferStatus, submitReply, unlinkReply } from './protocol.ts';
import type { Submit, Unlink } from './protocol.ts';

/**
 * The transfers a host has submitted and not yet got back. A device takes one at a time, so they wait in line. A host that
 * has waited long enough unlinks a transfer: it is answered at once and once only, whatever its device may still do.
 */

/** A host's control endpoint holds a handful; more are no host's. */
const MOST_WAITING = 64;

const NO_DATA = new Uint8Array();

export class TransferQueue {
  readonly #driver: DeviceDriver;
  readonly #send: (reply: Buffer) => void;
  /** By sequence number; what is unlinked is no longer here. */
  readonly #pending = new Map<number, AbortController>();
  #last: Promise<void> = Promise.resolve();
  #fail: (error: unknown) => void = () => undefined;

  /** Rejects when a transfer cannot be answered: the device is gone. */
  readonly failed: Promise<never>;

  constructor(driver: DeviceDriver, send: (reply: Buffer) => void) {
    this.#driver = driver;
    this.#send = send;
    this.failed = new Promise((_, reject) => (this.#fail = reject));
    this.failed.catch(() => undefined); // whoever ends the queue may not care any more
  }

  /** @param data what the host sent with it @throws {ProtocolError} when it submits without end */
  submit(submit: Submit, data: Uint8Array): void {
    if (this.#pending.size >= MOST_WAITING) throw new ProtocolError('too many transfers at once');
    const abort = new AbortController();
    this.#pending.set(submit.sequence, abort);
    this.#last = this.#last.then(() => this.#run(submit, data, abort.signal)).catch(this.#fail);
  }

  unlink({ sequence, unlinked }: Unlink): void {
    const abort = this.#pending.get(unlinked);
    this.#pending.delete(unlinked);
    abort?.abort();
    this.#send(unlinkReply(sequence, abort ? TransferStatus.unlinked : TransferStatus.ok));
  }

  /** Unlinks everything; resolves when the device is free. */
  async end(): Promise<void> {
    for (const abort of this.#pending.values()) abort.abort();
    this.#pending.clear();
    await this.#last;
  }

  async #run(submit: Submit, data: Uint8Array, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const reply = await this.#carryOut(submit, data, signal);
    if (this.#pending.delete(submit.sequence)) this.#send(reply);
  }

  async #carryOut(submit: Submit, data: Uint8Array, signal: AbortSignal): Promise<Buffer> {
    const { sequence, endpoint } = submit;
    if (endpoint !== 0) return submitReply(sequence, TransferStatus.stall, NO_DATA);
    try {
      const read = await this.#driver.transfer({ ...submit, data }, signal);
      return submitReply(sequence, TransferStatus.ok, read, read.length + data.length);
    } catch (error) {
      const status = error instanceof UsbError ? STATUSES[error.kind] : undefined;
      if (status === undefined) throw error;
      return submitReply(sequence, status, NO_DATA);
    }
  }
}

/** Undefined: there is no device any more to answer for. */
const STATUSES: Readonly<Record<UsbFailureKind, number | undefined>> = {
  stall: TransferStatus.stall,
  timeout: TransferStatus.timedOut,
  gone: undefined,
  'no-driver': TransferStatus.protocolError,
  'no-permission': TransferStatus.protocolError,
  busy: TransferStatus.protocolError,
  io: TransferStatus.protocolError,
};

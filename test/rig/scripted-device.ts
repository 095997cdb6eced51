/**
 * A device that answers by a script, for what no virtual device does: status bytes that mean nothing, answers that are
 * too short, and every failure of the port at every request. Requests it has no script for succeed; a GETSTATUS or an
 * UPLOAD without one is a fault of the test.
 */
import type { Clock } from '../../shared/clock.ts';
import { DfuRequest, DfuState } from '../../src-main/dfuse/protocol.ts';
import {
  describeSetup,
  UsbError,
  type ControlSetup,
  type UsbDevice,
  type UsbFailureKind,
  type UsbIdentity,
} from '../../src-main/usb/port.ts';
import { buildDescriptors, type UsbDescription } from '../../src-main/virtual/descriptors.ts';
import { StandardRequests } from '../../src-main/virtual/usb-function.ts';
import { isClass, wireLine } from './wire.ts';

/** What one call ends with: bytes, a failure, or either of them after a time. */
export type Reply =
  | 'done'
  | UsbFailureKind
  | Uint8Array
  | { readonly after: number; readonly reply: 'done' | UsbFailureKind | Uint8Array };

/** Calls that a script can have replies for. */
export type Call =
  | 'open'
  | 'close'
  | 'claim'
  | 'selectAlternate'
  | 'reset'
  | 'descriptor'
  | 'detach'
  | 'dnload'
  | 'upload'
  | 'getStatus'
  | 'clrStatus'
  | 'abort';

/** One after the other, or by their number from 0. */
export type Replies = readonly Reply[] | ((call: number) => Reply);

export type Script = Partial<Record<Call, Replies>>;

export interface ScriptedDeviceOptions {
  readonly clock: Clock;
  readonly script?: Script;
  readonly path?: string;
  /** Descriptors and strings; without them every standard request stalls. */
  readonly usb?: UsbDescription;
  /** Milliseconds of each transfer; 1 unless told. */
  readonly transferTime?: number;
}

/** The six bytes of GETSTATUS. */
export function status(state: number, { status: code = 0, poll = 0 } = {}): Uint8Array {
  return Uint8Array.of(code, poll & 0xff, (poll >>> 8) & 0xff, poll >>> 16, state, 0);
}

/** What a loader says of a command that it carries out in no time. */
export const CARRIED_OUT: readonly Reply[] = [status(DfuState.dnBusy), status(DfuState.dnloadIdle)];

const CALLS: Readonly<Record<number, Call>> = {
  [DfuRequest.detach]: 'detach',
  [DfuRequest.dnload]: 'dnload',
  [DfuRequest.upload]: 'upload',
  [DfuRequest.getStatus]: 'getStatus',
  [DfuRequest.clrStatus]: 'clrStatus',
  [DfuRequest.abort]: 'abort',
};

const NO_BYTES = new Uint8Array();

export class ScriptedDevice implements UsbDevice {
  readonly path: string;
  readonly address = 1;
  readonly identity: UsbIdentity;
  /** Class requests so far, as `wire.ts` writes them. */
  readonly requests: string[] = [];
  /** The deadline of each class request. */
  readonly deadlines: number[] = [];
  /** Everything but transfers: `open`, `claim 0`. */
  readonly calls: string[] = [];
  isOpen = false;
  /** May be exchanged while a test runs. */
  script: Script;
  readonly #clock: Clock;
  readonly #transferTime: number;
  readonly #standard: StandardRequests | undefined;
  readonly #counts = new Map<Call, number>();

  constructor({ clock, script = {}, path = '1-1', usb, transferTime = 1 }: ScriptedDeviceOptions) {
    const descriptors = usb && buildDescriptors(usb);
    this.path = path;
    this.identity = descriptors?.identity ?? NO_IDENTITY;
    this.script = script;
    this.#clock = clock;
    this.#transferTime = transferTime;
    this.#standard = descriptors && new StandardRequests(descriptors, true);
  }

  async open(): Promise<void> {
    await this.#called('open', 'open');
    this.isOpen = true;
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await this.#called('close', 'close');
  }

  async claim(interfaceNumber: number): Promise<void> {
    await this.#called('claim', `claim ${interfaceNumber}`);
  }

  async selectAlternate(interfaceNumber: number, alternate: number): Promise<void> {
    await this.#called('selectAlternate', `select alternate ${alternate} of ${interfaceNumber}`);
  }

  async reset(): Promise<void> {
    if (!this.isOpen) throw new UsbError('io', 'reset');
    await this.#called('reset', 'reset');
  }

  async controlIn(setup: ControlSetup, length: number, deadline: number): Promise<Uint8Array> {
    const bytes = await this.#transfer(setup, NO_BYTES, length, deadline);
    return bytes.slice(0, length);
  }

  async controlOut(setup: ControlSetup, data: Uint8Array, deadline: number): Promise<void> {
    await this.#transfer(setup, data, data.length, deadline);
  }

  async #transfer(
    setup: ControlSetup,
    data: Uint8Array,
    length: number,
    deadline: number,
  ): Promise<Uint8Array> {
    const operation = describeSetup(setup);
    if (!this.isOpen) throw new UsbError('io', operation);
    await this.#clock.sleep(this.#transferTime);
    if (!isClass(setup)) return this.#standardAnswer(setup, data, length, operation);
    this.requests.push(wireLine(setup, data, length));
    this.deadlines.push(deadline);
    const call = CALLS[setup.request];
    if (!call) throw new Error(`no script can hold ${operation}`);
    return this.#play(call, operation);
  }

  async #standardAnswer(
    setup: ControlSetup,
    data: Uint8Array,
    length: number,
    operation: string,
  ): Promise<Uint8Array> {
    const scripted = await this.#play('descriptor', operation);
    if (scripted.length > 0) return scripted;
    const answer = this.#standard?.answer({ ...setup, data, length });
    if (answer?.kind !== 'done') throw new UsbError('stall', operation);
    return answer.bytes;
  }

  async #called(call: Call, operation: string): Promise<void> {
    this.calls.push(operation);
    await this.#play(call, operation);
  }

  async #play(call: Call, operation: string): Promise<Uint8Array> {
    const number = this.#counts.get(call) ?? 0;
    this.#counts.set(call, number + 1);
    const replies = this.script[call];
    const scripted = typeof replies === 'function' ? replies(number) : replies?.[number];
    if (scripted === undefined && (call === 'getStatus' || call === 'upload')) {
      throw new Error(`the script has no answer number ${number} to ${call}`);
    }
    let reply = scripted ?? 'done';
    if (typeof reply === 'object' && 'reply' in reply) {
      await this.#clock.sleep(reply.after);
      ({ reply } = reply);
    }
    if (typeof reply === 'object') return reply;
    if (reply !== 'done') throw new UsbError(reply, operation);
    return NO_BYTES;
  }
}

const NO_IDENTITY: UsbIdentity = {
  vendorId: 0x0483,
  productId: 0xdf11,
  deviceVersion: 0x0200,
  usbVersion: 0x0200,
  manufacturerIndex: 0,
  productIndex: 0,
  serialIndex: 0,
};

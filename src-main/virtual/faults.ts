/**
 * A fault plan: what shall go wrong with a virtual device, as data. Faults of a transfer name the transfer they strike,
 * by its number or by what it is about; faults of the memory and of hotplug hold for the life of the device.
 */
import type { FlashDefects } from './nor-flash.ts';
import type { ControlRequest, TransferCommand, TransferSubject } from './usb-function.ts';
import { isClassRequest } from './usb-function.ts';

/** Which transfer. Everything named must fit; nothing named fits every transfer. */
export interface TransferMatch {
  /** The k-th control transfer of the device's life, counted from 0 over all enumerations. */
  readonly index?: number;
  /** bRequest of a class request. */
  readonly request?: number;
  /** What a DNLOAD or UPLOAD asks for. */
  readonly command?: TransferCommand;
  /** Absolute address the command is about. */
  readonly address?: number;
  /** Let the first so many fitting transfers pass; default 0. */
  readonly skip?: number;
  /** How many transfers it strikes; default 1. */
  readonly times?: number | 'always';
}

export type TransferFault =
  /** The device refuses; with `latched` it enters dfuERROR as after an illegal request, else its state stays. */
  | { readonly kind: 'stall'; readonly at: TransferMatch; readonly latched?: boolean }
  /** No answer before the deadline; with `executed` the device has done what was asked and only the answer is lost. */
  | { readonly kind: 'timeout'; readonly at: TransferMatch; readonly executed?: boolean }
  /** The cable is pulled, before or after the device has done what was asked. The host sees it gone in both cases. */
  | { readonly kind: 'disconnect'; readonly at: TransferMatch; readonly when: 'before' | 'after' }
  /** Bits of byte number `offset` of a data block are inverted on the way into the memory. */
  | {
      readonly kind: 'corrupt-write';
      readonly at: TransferMatch;
      readonly offset: number;
      readonly mask: number;
    }
  /** Bits of byte number `offset` of the answer are inverted on the way to the host. */
  | {
      readonly kind: 'corrupt-read';
      readonly at: TransferMatch;
      readonly offset: number;
      readonly mask: number;
    }
  /** The operation this DNLOAD asks for is carried out, but its end is never reported: dfuDNBUSY until `until`. */
  | { readonly kind: 'stuck-busy'; readonly at: TransferMatch; readonly until: StuckUntil }
  /** The loader reports this poll time for the operation this DNLOAD asks for; the operation takes its own time. */
  | { readonly kind: 'poll-time'; readonly at: TransferMatch; readonly milliseconds: number };

/** What ends a stuck loader: CLRSTATUS twice, a bus reset as well, or only the loss of power. */
export type StuckUntil = 'clear-status' | 'reset' | 'replug';

export type MemoryFault =
  | { readonly kind: 'sector-not-erasable'; readonly address: number }
  | { readonly kind: 'bits-not-programmable'; readonly address: number; readonly mask: number };

export type HotplugFault =
  /** The host never tells of the n-th (from 0) attaching or detaching of this device; its list is right all the same. */
  { readonly kind: 'lost-event'; readonly event: 'attached' | 'detached'; readonly occurrence: number };

export type HostFault = {
  /** The system refuses, so many times; default 1. Another program often holds a new device for some seconds. */
  readonly kind: 'open-refused' | 'claim-refused';
  readonly failure: 'no-driver' | 'no-permission' | 'busy';
  readonly times?: number | 'always';
};

export type Fault = TransferFault | MemoryFault | HotplugFault | HostFault;

const NO_FAULTS: readonly never[] = [];

export class FaultPlan {
  /** How many transfers fitted each fault so far. */
  readonly #fitted = new Map<TransferFault, number>();
  readonly #lostEvents: readonly HotplugFault[];
  readonly #refusals: readonly HostFault[];
  readonly #seen = { attached: 0, detached: 0, 'open-refused': 0, 'claim-refused': 0 };

  constructor(faults: readonly Fault[]) {
    this.#lostEvents = faults.filter((fault) => fault.kind === 'lost-event');
    this.#refusals = faults.filter((fault) => 'failure' in fault);
    for (const fault of faults) if ('at' in fault) this.#fitted.set(fault, 0);
  }

  /** True when no transfer can be struck: the common case, and then nothing needs to be known of the transfer. */
  get sparesTransfers(): boolean {
    return this.#fitted.size === 0;
  }

  /** The faults that strike this transfer. */
  strike(index: number, request: ControlRequest, subject: TransferSubject): readonly TransferFault[] {
    let struck: TransferFault[] | undefined;
    for (const [fault, fitted] of this.#fitted) {
      if (!fits(fault.at, index, request, subject)) continue;
      this.#fitted.set(fault, fitted + 1);
      const { skip = 0, times = 1 } = fault.at;
      if (strikes(fitted, skip, times)) (struck ??= []).push(fault);
    }
    return struck ?? NO_FAULTS;
  }

  /** Called at each hotplug event of the device: whether the host hears of it. */
  isLost(event: 'attached' | 'detached'): boolean {
    const occurrence = this.#seen[event]++;
    return this.#lostEvents.some((fault) => fault.event === event && fault.occurrence === occurrence);
  }

  /** Called at each opening and claiming of the device: why the system refuses it, or undefined where it does not. */
  refusal(kind: HostFault['kind']): HostFault['failure'] | undefined {
    const occurrence = this.#seen[kind]++;
    const refuses = (fault: HostFault) => fault.kind === kind && strikes(occurrence, 0, fault.times ?? 1);
    return this.#refusals.find(refuses)?.failure;
  }
}

function strikes(occurrence: number, skip: number, times: number | 'always'): boolean {
  return occurrence >= skip && (times === 'always' || occurrence < skip + times);
}

function fits(
  match: TransferMatch,
  index: number,
  request: ControlRequest,
  subject: TransferSubject,
): boolean {
  return (
    (match.index === undefined || match.index === index) &&
    (match.request === undefined || (match.request === request.request && isClassRequest(request))) &&
    (match.command === undefined || match.command === subject.command) &&
    (match.address === undefined || match.address === subject.address)
  );
}

/** Inverts the bits a fault names, where the data reaches so far. */
export function invert(
  data: Uint8Array,
  { offset, mask }: { readonly offset: number; readonly mask: number },
): void {
  const byte = data[offset];
  if (byte !== undefined) data[offset] = byte ^ mask;
}

export function flashDefects(faults: readonly Fault[]): FlashDefects {
  return {
    sectorsNotErasable: faults.flatMap((f) => (f.kind === 'sector-not-erasable' ? [f.address] : [])),
    bitsNotProgrammable: faults.flatMap((f) =>
      f.kind === 'bits-not-programmable' ? [{ address: f.address, mask: f.mask }] : [],
    ),
  };
}

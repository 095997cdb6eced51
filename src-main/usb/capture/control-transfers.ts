import { DEVICE_TO_HOST } from '../port.ts';
import type { ControlSetup } from '../port.ts';

/**
 * A capture tells of a control transfer at least twice: when the host submitted it, and when it was over. In between other
 * transfers may begin and end, so the two are brought together by the number the host's system has for the request.
 * The data stage stands with the one, with the other, or by itself: see usbmon.ts and usbpcap.ts.
 */

export type TransferResult =
  | 'done'
  /** The device refused it (STALL on endpoint 0). */
  | 'stall'
  /** The device left the bus. */
  | 'gone'
  /** The host gave up on it: mostly a deadline of its own. */
  | 'cancelled'
  | 'other';

export interface ControlTransfer {
  readonly bus: number;
  readonly deviceAddress: number;
  readonly setup: ControlSetup;
  /** wLength: bytes the host sends, or is ready to read. */
  readonly length: number;
  /** What was sent or read. It shares memory with the file. */
  readonly data: Uint8Array;
  /** The capture did not keep all of the data. */
  readonly truncated: boolean;
  readonly result: TransferResult;
  /** How the capture puts it: a negative errno from usbmon, a USBD_STATUS from USBPcap. */
  readonly status: number;
  /** Milliseconds since the first control transfer of the capture. */
  readonly submittedAt: number;
  /** Milliseconds. */
  readonly elapsed: number;
}

/** Half a transfer: the other half lies before or behind what was captured. */
export type UnpairedTransfer = {
  readonly bus: number;
  readonly deviceAddress: number;
  /** Milliseconds since the first control transfer of the capture. */
  readonly at: number;
} & (
  | { readonly kind: 'never-completed'; readonly setup: ControlSetup; readonly length: number }
  | { readonly kind: 'never-submitted'; readonly result: TransferResult }
);

/** What one packet of a capture tells of a control transfer on endpoint 0. */
export type TransferEvent = {
  /** The system's number of the request; used again once that is over. */
  readonly request: bigint;
  readonly bus: number;
  readonly deviceAddress: number;
  /** Milliseconds of Unix time. */
  readonly time: number;
  /** The part of the data stage that stands here. */
  readonly data: Uint8Array;
  /** Not all of that part was kept. */
  readonly truncated: boolean;
} & (
  | { readonly kind: 'submit'; readonly setup: ControlSetup; readonly length: number }
  | { readonly kind: 'data' }
  | { readonly kind: 'complete'; readonly result: TransferResult; readonly status: number }
);

type Submit = Extract<TransferEvent, { kind: 'submit' }>;
type Complete = Extract<TransferEvent, { kind: 'complete' }>;

export interface PairedTransfers {
  /** In the order in which they were submitted. */
  readonly transfers: readonly ControlTransfer[];
  readonly unpaired: readonly UnpairedTransfer[];
}

interface UnderWay {
  readonly submit: Submit;
  /** Place among all that were submitted. */
  readonly place: number;
  readonly pieces: TransferEvent[];
}

/** Brings together what belongs together. */
export function pairTransfers(events: Iterable<TransferEvent>): PairedTransfers {
  const underWay = new Map<string, UnderWay>();
  const paired: { readonly place: number; readonly transfer: ControlTransfer }[] = [];
  const unpaired: UnpairedTransfer[] = [];
  let origin: number | undefined;
  let place = 0;
  for (const event of events) {
    const since = (origin ??= event.time);
    const key = `${event.bus}:${event.request}`;
    const begun = underWay.get(key);
    switch (event.kind) {
      case 'submit':
        if (begun) unpaired.push(neverCompleted(begun.submit, since));
        underWay.set(key, { submit: event, place: place++, pieces: [event] });
        break;
      case 'data':
        begun?.pieces.push(event);
        break;
      case 'complete':
        underWay.delete(key);
        if (!begun) unpaired.push(neverSubmitted(event, since));
        else paired.push({ place: begun.place, transfer: transferOf(begun, event, since) });
        break;
    }
  }
  for (const { submit } of underWay.values()) unpaired.push(neverCompleted(submit, origin ?? 0));
  return {
    transfers: paired.sort((a, b) => a.place - b.place).map(({ transfer }) => transfer),
    unpaired: unpaired.sort((a, b) => a.at - b.at),
  };
}

export function isIn({ requestType }: ControlSetup): boolean {
  return (requestType & DEVICE_TO_HOST) !== 0;
}

function transferOf({ submit, pieces }: UnderWay, complete: Complete, origin: number): ControlTransfer {
  const { bus, deviceAddress, setup, length } = submit;
  const all = [...pieces, complete];
  return {
    bus,
    deviceAddress,
    setup,
    length,
    data: joined(all.map(({ data }) => data).filter((data) => data.length > 0)),
    truncated: all.some(({ truncated }) => truncated),
    result: complete.result,
    status: complete.status,
    submittedAt: milliseconds(submit.time - origin),
    // The clock of the machine may have been set back meanwhile.
    elapsed: Math.max(0, milliseconds(complete.time - submit.time)),
  };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [only, ...others] = pieces;
  return only && others.length === 0 ? only : Uint8Array.from(Buffer.concat(pieces));
}

function neverCompleted(submit: Submit, origin: number): UnpairedTransfer {
  const { bus, deviceAddress, setup, length, time } = submit;
  return { kind: 'never-completed', bus, deviceAddress, setup, length, at: milliseconds(time - origin) };
}

function neverSubmitted({ bus, deviceAddress, result, time }: Complete, origin: number): UnpairedTransfer {
  return { kind: 'never-submitted', bus, deviceAddress, result, at: milliseconds(time - origin) };
}

/** Unix times have no more than microseconds left in a floating-point number; the rest is noise. */
function milliseconds(difference: number): number {
  return Math.round(difference * 1_000) / 1_000;
}

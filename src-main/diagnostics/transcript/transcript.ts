/**
 * What was seen of USB, whoever saw it: a recording of Stepwise, or a capture of another tool's session. Both become
 * sessions, each with what happened at one place in the order in which it began.
 */
import { devicesIn } from '../../usb/capture/captured-devices.ts';
import type { ControlTransfer, TransferResult } from '../../usb/capture/control-transfers.ts';
import { isPcap } from '../../usb/capture/pcap.ts';
import { isPcapng } from '../../usb/capture/pcapng.ts';
import { parseCapture, type Capture } from '../../usb/capture/read.ts';
import type { ControlSetup, UsbFailureKind } from '../../usb/port.ts';
import { parseRecording, type Recording } from '../../usb/recording-parse.ts';
import { toHex, type Payload, type RecordedEntry } from '../../usb/recording.ts';

/** `cancelled`: the host gave it up, and a capture does not say why. */
export type TransferFailure = UsbFailureKind | 'cancelled';

interface Moment {
  /** Milliseconds since the transcript began. */
  readonly at: number;
  /** Line of a recording; of a capture, number of the control transfer. From 1. */
  readonly place: number;
}

interface Ended extends Moment {
  /** Milliseconds. */
  readonly ms: number;
  readonly failure: TransferFailure | undefined;
}

export type Happening =
  | (Moment & { readonly kind: 'present' | 'attached' | 'detached' })
  | (Ended & { readonly kind: 'open' | 'close' | 'reset' | 'claim' | 'select' })
  | (Ended & {
      readonly kind: 'in' | 'out';
      readonly setup: ControlSetup;
      /** Bytes sent, or asked for. */
      readonly length: number;
      readonly data: Payload;
    });

export type TransferHappening = Extract<Happening, { readonly kind: 'in' | 'out' }>;

export interface Session {
  /** Port, `1-2.4`; of a capture, bus and address, `1:5`. */
  readonly place: string;
  /** As far as the transcript tells. */
  readonly usbId: { readonly vendorId: number; readonly productId: number } | undefined;
  readonly happenings: readonly Happening[];
}

/** Why a transcript does not tell everything. */
export type Gap =
  | { readonly kind: 'dropped'; readonly operations: number }
  | { readonly kind: 'cut-off'; readonly line: number }
  | { readonly kind: 'broken-off'; readonly problem: string; readonly offset: number }
  | { readonly kind: 'halves'; readonly transfers: number };

export interface Transcript {
  readonly kind: 'recording' | 'capture';
  readonly program: string | undefined;
  /** ISO 8601. */
  readonly begun: string | undefined;
  readonly gaps: readonly Gap[];
  /** Those in which somebody talked to a device, in the order in which they began. */
  readonly sessions: readonly Session[];
}

/**
 * @param file content of a recording, or of a capture in pcap or pcapng
 * @throws {StepwiseError} `bad-file`
 */
export function readTranscript(file: Uint8Array): Transcript {
  if (isPcap(file) || isPcapng(file)) return fromCapture(parseCapture(file));
  return fromRecording(parseRecording(new TextDecoder().decode(file)));
}

// -- of Stepwise ---------------------------------------------------------------------------------------------------------

function fromRecording({ lines, program, begun, dropped, cutOff }: Recording): Transcript {
  const places = new Map<string, { usbId: Session['usbId']; happenings: Happening[] }>();
  for (const { entry, line } of lines.toSorted((a, b) => a.entry.n - b.entry.n)) {
    const session = places.get(entry.path) ?? { usbId: undefined, happenings: [] };
    places.set(entry.path, session);
    if ('identity' in entry) session.usbId = entry.identity;
    session.happenings.push(happeningOf(entry, line));
  }
  const gaps: Gap[] = [];
  if (dropped > 0) gaps.push({ kind: 'dropped', operations: dropped });
  if (cutOff !== undefined) gaps.push({ kind: 'cut-off', line: cutOff });
  const sessions = [...places].map(([place, session]) => ({ place, ...session }));
  return { kind: 'recording', program, begun, gaps, sessions: sessions.filter(isUsed) };
}

function happeningOf(entry: RecordedEntry, place: number): Happening {
  const moment = { at: entry.t, place };
  if (!('ms' in entry)) return { kind: entry.op, ...moment };
  const ended = { ...moment, ms: entry.ms, failure: entry.failure };
  if (entry.op !== 'in' && entry.op !== 'out') return { kind: entry.op, ...ended };
  const { requestType, request, value, index, length, data } = entry;
  return { kind: entry.op, ...ended, setup: { requestType, request, value, index }, length, data };
}

/** Somebody talked to it: a keyboard that is plugged in as well is not. */
function isUsed({ happenings }: Session): boolean {
  return happenings.some((each) => 'ms' in each);
}

// -- of other tools ------------------------------------------------------------------------------------------------------

/** Only devices that were asked for something of DFU: a capture has all of a bus. */
function fromCapture(capture: Capture): Transcript {
  const { transfers, unpaired, brokenOff } = capture;
  const sessions = devicesIn(transfers).flatMap(({ bus, deviceAddress, usbId }) => {
    const happenings = transfers.flatMap((transfer, at) =>
      transfer.bus === bus && transfer.deviceAddress === deviceAddress
        ? [capturedHappening(transfer, at + 1)]
        : [],
    );
    const isDfu = happenings.some(({ setup }) => (setup.requestType & CLASS_MASK) === CLASS_TO_INTERFACE);
    return isDfu ? [{ place: `${bus}:${deviceAddress}`, usbId, happenings }] : [];
  });
  const gaps: Gap[] = [];
  if (brokenOff) gaps.push({ kind: 'broken-off', ...brokenOff });
  if (unpaired.length > 0) gaps.push({ kind: 'halves', transfers: unpaired.length });
  return { kind: 'capture', program: undefined, begun: undefined, gaps, sessions };
}

/** bmRequestType without its direction. */
const CLASS_MASK = 0x7f;
const CLASS_TO_INTERFACE = 0x21;

function capturedHappening(transfer: ControlTransfer, place: number): TransferHappening {
  const { setup, length, data, result, submittedAt, elapsed } = transfer;
  return {
    kind: setup.requestType & 0x80 ? 'in' : 'out',
    at: submittedAt,
    place,
    ms: elapsed,
    failure: failureOf(result),
    setup,
    length,
    data: toHex(data),
  };
}

function failureOf(result: TransferResult): TransferFailure | undefined {
  switch (result) {
    case 'done':
      return undefined;
    case 'other':
      return 'io';
    default:
      return result;
  }
}

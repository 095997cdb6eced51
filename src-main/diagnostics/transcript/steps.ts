/**
 * From transfers to what they do: a command with all the questions for its end is one step, a block is one step. DfuSe sends
 * a command by DNLOAD of block 0 and learns from GETSTATUS how it goes (AN3156 §5), so GETSTATUS belongs to what was asked
 * before it.
 */
import { MemoryAddress } from '../../dfuse/memory-address.ts';
import { DfuRequest, DfuSeCommand, DfuState, REQUEST_IN, REQUEST_OUT } from '../../dfuse/protocol.ts';
import { parseStatus, STATUS_LENGTH, type DeviceStatus } from '../../dfuse/status.ts';
import { fromHex, payloadLength, type Payload } from '../../usb/recording.ts';
import type { Happening, TransferFailure, TransferHappening } from './transcript.ts';

export type Deed =
  | { readonly kind: 'present' | 'attached' | 'detached' }
  | { readonly kind: 'open' | 'close' | 'reset' | 'claim' | 'select' }
  /** A standard request of USB: a descriptor, a string. */
  | { readonly kind: 'describe' }
  | { readonly kind: 'get-status' | 'get-state' | 'clear-status' | 'abort' | 'detach' | 'get-commands' }
  | { readonly kind: 'set-address' | 'erase'; readonly address: number }
  | { readonly kind: 'mass-erase' | 'read-unprotect' }
  /** A DNLOAD without data: the end of a download, and on ST's loaders the start of the application. */
  | { readonly kind: 'leave' }
  | ({ readonly kind: 'write' | 'read' } & Block)
  | { readonly kind: 'other'; readonly request: number };

export interface Block {
  /** Undefined where the transcript does not tell. */
  readonly address: number | undefined;
  readonly bytes: number;
  /** What was written or read; undefined where a read failed. */
  readonly data: Payload | undefined;
}

export interface Step {
  readonly deed: Deed;
  /** Milliseconds since the transcript began. */
  readonly at: number;
  /** When the last transfer of it was over. */
  readonly until: number;
  /** Places in the transcript of its first and last transfer. */
  readonly first: number;
  readonly last: number;
  /** How its own request failed, or else the last question for its end. */
  readonly failure: TransferFailure | undefined;
  /** What the loader last said. */
  readonly status: DeviceStatus | undefined;
  /** Questions for its end, and how many of them were answered with "busy". */
  readonly questions: number;
  readonly busy: number;
}

export function stepsOf(happenings: readonly Happening[]): readonly Step[] {
  const memory = new MemoryAddress();
  const steps: Step[] = [];
  for (const each of happenings) {
    const deed = deedOf(each, memory);
    const before = steps.at(-1);
    if (deed.kind === 'get-status' && before && takesQuestions(before))
      steps[steps.length - 1] = withQuestion(before, each);
    else steps.push(stepOf(deed, each));
  }
  return steps;
}

/** What an answer to GETSTATUS belongs to: whatever was sent before, or an earlier question. */
function takesQuestions({ deed: { kind }, failure }: Step): boolean {
  if (failure === 'gone') return false;
  return ASKED_ABOUT.has(kind);
}

const ASKED_ABOUT: ReadonlySet<Deed['kind']> = new Set([
  'set-address',
  'erase',
  'mass-erase',
  'read-unprotect',
  'leave',
  'write',
  'clear-status',
  'abort',
  'get-status',
  'other',
]);

function stepOf(deed: Deed, each: Happening): Step {
  const isQuestion = deed.kind === 'get-status';
  const status = isQuestion ? statusIn(each) : undefined;
  return {
    deed,
    at: each.at,
    until: endOf(each),
    first: each.place,
    last: each.place,
    failure: 'ms' in each ? each.failure : undefined,
    status,
    questions: isQuestion ? 1 : 0,
    busy: status && isBusy(status) ? 1 : 0,
  };
}

function withQuestion(step: Step, question: Happening): Step {
  const status = statusIn(question);
  return {
    ...step,
    until: endOf(question),
    last: question.place,
    failure: 'ms' in question ? question.failure : undefined,
    status: status ?? step.status,
    questions: step.questions + 1,
    busy: step.busy + (status && isBusy(status) ? 1 : 0),
  };
}

export function isBusy({ state }: DeviceStatus): boolean {
  return state === DfuState.dnBusy || state === DfuState.dnloadSync;
}

function endOf(each: Happening): number {
  return 'ms' in each ? each.at + each.ms : each.at;
}

function statusIn(each: Happening): DeviceStatus | undefined {
  if (each.kind !== 'in' || each.failure || typeof each.data !== 'string') return undefined;
  const bytes = fromHex(each.data);
  return bytes.length < STATUS_LENGTH ? undefined : parseStatus(bytes);
}

// -- what a transfer does ------------------------------------------------------------------------------------------------

function deedOf(each: Happening, memory: MemoryAddress): Deed {
  if (each.kind !== 'in' && each.kind !== 'out') return { kind: each.kind };
  const { requestType, request } = each.setup;
  if (requestType === REQUEST_OUT) return sentDeed(each, memory);
  if (requestType === REQUEST_IN) return askedDeed(each, memory);
  const isStandard = (requestType & TYPE_MASK) === 0;
  return isStandard ? { kind: 'describe' } : { kind: 'other', request };
}

/** Type in bmRequestType; 0 is a standard request (USB 2.0 §9.3). */
const TYPE_MASK = 0x60;

function sentDeed(each: TransferHappening, memory: MemoryAddress): Deed {
  const { setup, length, data } = each;
  switch (setup.request) {
    case DfuRequest.detach:
      return { kind: 'detach' };
    case DfuRequest.clrStatus:
      return { kind: 'clear-status' };
    case DfuRequest.abort:
      return { kind: 'abort' };
    case DfuRequest.dnload: {
      const sent = typeof data === 'string' ? fromHex(data) : undefined;
      const moved = memory.follow(setup, length, sent);
      if (length === 0) return { kind: 'leave' };
      if (moved === 'no memory') return commandIn(sent, setup.request);
      return { kind: 'write', address: moved.address, bytes: length, data };
    }
    default:
      return { kind: 'other', request: setup.request };
  }
}

function askedDeed(each: TransferHappening, memory: MemoryAddress): Deed {
  const { setup, length, data, failure } = each;
  switch (setup.request) {
    case DfuRequest.getStatus:
      return { kind: 'get-status' };
    case DfuRequest.getState:
      return { kind: 'get-state' };
    case DfuRequest.upload: {
      const moved = memory.follow(setup, length);
      if (moved === 'no memory') return { kind: 'get-commands' };
      const { address } = moved;
      return failure
        ? { kind: 'read', address, bytes: length, data: undefined }
        : { kind: 'read', address, bytes: payloadLength(data), data };
    }
    default:
      return { kind: 'other', request: setup.request };
  }
}

/** Command and address, least significant byte first (AN3156 §5). */
const WITH_ADDRESS = 5;

function commandIn(sent: Uint8Array | undefined, request: number): Deed {
  const [code] = sent ?? [];
  const address =
    sent?.length === WITH_ADDRESS
      ? new DataView(sent.buffer, sent.byteOffset, sent.length).getUint32(1, true)
      : undefined;
  switch (code) {
    case DfuSeCommand.setAddressPointer:
      return address === undefined ? { kind: 'other', request } : { kind: 'set-address', address };
    case DfuSeCommand.erase:
      return address === undefined ? { kind: 'mass-erase' } : { kind: 'erase', address };
    case DfuSeCommand.readUnprotect:
      return { kind: 'read-unprotect' };
    default:
      return { kind: 'other', request };
  }
}

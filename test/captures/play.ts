/**
 * Plays the DFU requests of a capture to a device, in their order and with the pauses the host made, and finds the first
 * one that ends otherwise than then.
 *
 * What must be equal is what a tool decides by, and no more:
 *
 * - whether a request was done, was refused, or got no answer. In which way it got none (the device left, the host gave
 *   up) is the host's affair;
 * - bStatus and bState of every GETSTATUS, in sequence, where equal answers in a row count as one. How often a loader
 *   says dfuDNBUSY is a matter of time, and time differs: between chips, between hosts, and between a chip and its
 *   virtual twin. For the same reason a GETSTATUS refused after dfuDNBUSY counts as dfuDNBUSY: some loaders are deaf while
 *   they work. A device that needs longer than that of the capture is polled until it is done, one that is faster repeats
 *   its last answer;
 * - how much an UPLOAD read, and GETSTATE's answer; what was read only on demand, since it depends on what was in the
 *   flash before.
 *
 * Not compared are bwPollTimeout and the time anything took, and iString, which says nothing on an ST loader.
 */
import type { Clock } from '../../shared/clock.ts';
import {
  DfuRequest,
  DfuState,
  DfuStatus,
  REQUEST_IN,
  REQUEST_OUT,
  stateName,
  statusName,
} from '../../src-main/dfuse/protocol.ts';
import type { ControlTransfer } from '../../src-main/usb/capture/control-transfers.ts';
import { UsbError, describeSetup } from '../../src-main/usb/port.ts';
import type { UsbDevice } from '../../src-main/usb/port.ts';

export interface Deviation {
  /** Place of the request among the DFU requests of the capture, from 0; of the first poll where several are compared. */
  readonly at: number;
  /** `control in 0xA1 0x03 value 0 index 0`. */
  readonly request: string;
  readonly expected: string;
  readonly got: string;
}

export interface PlayOptions {
  readonly clock: Clock;
  /** Whether what UPLOAD reads must be the same too. */
  readonly compareUploads: boolean;
}

/** How a request ended; `data` is what was read. */
type Outcome =
  { readonly kind: 'done'; readonly data: Uint8Array } | { readonly kind: 'stall' | 'no answer' };

/** Requests that are compared together: GETSTATUS in a row, or a single other one. */
interface Step {
  readonly isPolling: boolean;
  readonly requests: readonly ControlTransfer[];
}

/** Milliseconds; longer than any operation of any loader. */
const PATIENCE = 120_000;
const SHORTEST_PAUSE = 10;

/**
 * @param transfers of one device
 * @param device open and claimed
 * @returns undefined where everything ended as it did then
 */
export async function play(
  transfers: readonly ControlTransfer[],
  device: UsbDevice,
  { clock, compareUploads }: PlayOptions,
): Promise<Deviation | undefined> {
  let at = 0;
  let previous: ControlTransfer | undefined;
  for (const { requests, isPolling } of stepsOf(transfers.filter(isDfuRequest))) {
    const then = requests.map(outcomeOf);
    const now: Outcome[] = [];
    for (const request of requests) {
      await clock.sleep(pauseBetween(previous, request));
      now.push(await send(request, device));
      previous = request;
    }
    const [first] = requests;
    if (!first) break;
    if (isPolling && !isBusy(then)) await pollUntilDone(now, first, device, clock);
    const describe = isPolling ? describeStates : describeEnd(first, compareUploads);
    const [expected, got] = [describe(then), describe(now)];
    if (expected !== got) return { at, request: describeSetup(first.setup), expected, got };
    at += requests.length;
  }
  return undefined;
}

export function isDfuRequest({ setup: { requestType, request } }: ControlTransfer): boolean {
  return (requestType === REQUEST_IN || requestType === REQUEST_OUT) && request <= DfuRequest.abort;
}

function isGetStatus({ setup }: ControlTransfer): boolean {
  return setup.requestType === REQUEST_IN && setup.request === DfuRequest.getStatus;
}

function stepsOf(requests: readonly ControlTransfer[]): readonly Step[] {
  const steps: { isPolling: boolean; requests: ControlTransfer[] }[] = [];
  for (const request of requests) {
    const isPolling = isGetStatus(request);
    const last = steps.at(-1);
    if (last && isPolling && last.isPolling) last.requests.push(request);
    else steps.push({ isPolling, requests: [request] });
  }
  return steps;
}

/** How long the host did nothing, or something that is not played, in milliseconds. */
function pauseBetween(previous: ControlTransfer | undefined, next: ControlTransfer): number {
  return previous ? Math.max(0, next.submittedAt - previous.submittedAt - previous.elapsed) : 0;
}

async function send(request: ControlTransfer, device: UsbDevice): Promise<Outcome> {
  const { setup, length, data, truncated, result, elapsed } = request;
  const isIn = setup.requestType === REQUEST_IN;
  if (truncated && !isIn) throw new Error(`the capture did not keep what was sent: ${describeSetup(setup)}`);
  const deadline = result === 'cancelled' ? elapsed : PATIENCE;
  try {
    if (isIn) return { kind: 'done', data: await device.controlIn(setup, length, deadline) };
    await device.controlOut(setup, data, deadline);
    return { kind: 'done', data: NO_DATA };
  } catch (error) {
    if (!(error instanceof UsbError)) throw error;
    return { kind: error.kind === 'stall' ? 'stall' : 'no answer' };
  }
}

async function pollUntilDone(
  outcomes: Outcome[],
  getStatus: ControlTransfer,
  device: UsbDevice,
  clock: Clock,
): Promise<void> {
  const end = clock.now() + PATIENCE;
  while (isBusy(outcomes) && clock.now() < end) {
    await clock.sleep(Math.max(SHORTEST_PAUSE, pollTimeout(outcomes.at(-1))));
    outcomes.push(await send(getStatus, device));
  }
}

function outcomeOf({ setup, result, data }: ControlTransfer): Outcome {
  if (result === 'done') return { kind: 'done', data: setup.requestType === REQUEST_IN ? data : NO_DATA };
  return { kind: result === 'stall' ? 'stall' : 'no answer' };
}

const NO_DATA = new Uint8Array();
const BUSY = `${statusName(DfuStatus.ok)} in ${stateName(DfuState.dnBusy)}`;

/** What the answers to GETSTATUS say, without repetitions. */
function statesOf(outcomes: readonly Outcome[]): readonly string[] {
  const states: string[] = [];
  for (const outcome of outcomes) {
    const state = outcome.kind === 'done' ? stateIn(outcome.data) : outcome.kind;
    const isDeaf = state === 'stall' && states.at(-1) === BUSY;
    if (!isDeaf && state !== states.at(-1)) states.push(state);
  }
  return states;
}

/** bStatus is the first of the six bytes, bState the fifth (DFU 1.1 §6.1.2). */
function stateIn([status = -1, , , , state = -1]: Uint8Array): string {
  return `${statusName(status)} in ${stateName(state)}`;
}

/** bwPollTimeout, in milliseconds. */
function pollTimeout(outcome: Outcome | undefined): number {
  const [, low = 0, middle = 0, high = 0] = outcome?.kind === 'done' ? outcome.data : [];
  return low | (middle << 8) | (high << 16);
}

function isBusy(outcomes: readonly Outcome[]): boolean {
  return statesOf(outcomes).at(-1) === BUSY;
}

function describeStates(outcomes: readonly Outcome[]): string {
  return statesOf(outcomes).join(', then ');
}

function describeEnd({ setup }: ControlTransfer, compareUploads: boolean) {
  const withData = setup.request === DfuRequest.getState || compareUploads;
  return ([outcome]: readonly Outcome[]): string => {
    if (outcome?.kind !== 'done') return outcome?.kind ?? 'nothing';
    if (setup.requestType !== REQUEST_IN) return 'done';
    const { data } = outcome;
    return withData ? `${data.length} bytes: ${Buffer.from(data).toString('hex')}` : `${data.length} bytes`;
  };
}

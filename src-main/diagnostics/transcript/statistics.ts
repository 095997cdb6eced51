/** Numbers of a session: what was asked how often, what failed, and where the time went. */
import { DfuRequest, REQUEST_IN, REQUEST_OUT } from '../../dfuse/protocol.ts';
import type { Step } from './steps.ts';
import type { Happening, TransferHappening } from './transcript.ts';

export interface RequestCount {
  /** `DNLOAD`, `GETSTATUS`, `descriptors`. */
  readonly name: string;
  readonly count: number;
  readonly failed: number;
  /** Milliseconds in which it was under way. */
  readonly time: number;
}

/** What a session is about at a time, in the order of an update. `host` is the time in which nothing was asked of the device. */
export const PHASES = ['look', 'compare', 'erase', 'write', 'verify', 'other', 'host'] as const;
export type TranscriptPhase = (typeof PHASES)[number];

/** Milliseconds; what did not happen is 0. */
export type PhaseTimes = Readonly<Record<TranscriptPhase, number>>;

const NAMES: Readonly<Record<number, string>> = {
  [DfuRequest.detach]: 'DETACH',
  [DfuRequest.dnload]: 'DNLOAD',
  [DfuRequest.upload]: 'UPLOAD',
  [DfuRequest.getStatus]: 'GETSTATUS',
  [DfuRequest.clrStatus]: 'CLRSTATUS',
  [DfuRequest.getState]: 'GETSTATE',
  [DfuRequest.abort]: 'ABORT',
};

/** The most frequent first. */
export function requestCounts(happenings: readonly Happening[]): readonly RequestCount[] {
  const counts = new Map<string, { count: number; failed: number; time: number }>();
  for (const each of happenings) {
    if (!('ms' in each)) continue;
    const name = each.kind === 'in' || each.kind === 'out' ? requestName(each) : each.kind;
    const known = counts.get(name) ?? { count: 0, failed: 0, time: 0 };
    counts.set(name, known);
    known.count += 1;
    known.time += each.ms;
    if (each.failure) known.failed += 1;
  }
  return [...counts].map(([name, count]) => ({ name, ...count })).sort((a, b) => b.count - a.count);
}

function requestName({ setup: { requestType, request } }: TransferHappening): string {
  if (requestType === REQUEST_IN || requestType === REQUEST_OUT)
    return NAMES[request] ?? `DFU request ${request}`;
  return requestType & 0x60 ? `request ${request}` : 'standard requests';
}

export function phaseTimes(steps: readonly Step[]): PhaseTimes {
  const times: Record<TranscriptPhase, number> = {
    look: 0,
    compare: 0,
    erase: 0,
    write: 0,
    verify: 0,
    other: 0,
    host: 0,
  };
  let hasWritten = false;
  let end = steps[0]?.at ?? 0;
  steps.forEach((step, at) => {
    times.host += Math.max(0, step.at - end);
    const phase = phaseOf(step, steps.slice(at + 1, at + 1 + LOOK_AHEAD), hasWritten);
    times[phase] += Math.max(0, step.until - Math.max(step.at, end));
    if (phase === 'write') hasWritten = true;
    end = Math.max(end, step.until);
  });
  return times;
}

/** Behind an address that is set comes an ABORT, with questions, and then what it was set for. */
const LOOK_AHEAD = 4;

function phaseOf({ deed }: Step, next: readonly Step[], hasWritten: boolean): TranscriptPhase {
  switch (deed.kind) {
    case 'open':
    case 'claim':
    case 'select':
    case 'describe':
    case 'get-commands':
      return 'look';
    case 'erase':
    case 'mass-erase':
      return 'erase';
    case 'write':
      return 'write';
    case 'read':
      return hasWritten ? 'verify' : 'compare';
    case 'set-address':
    case 'abort':
    case 'get-status': {
      const work = next.find((each) => each.deed.kind === 'write' || each.deed.kind === 'read');
      return work ? phaseOf(work, [], hasWritten) : 'other';
    }
    default:
      return 'other';
  }
}

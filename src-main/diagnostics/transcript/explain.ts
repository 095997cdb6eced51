/**
 * A transcript explained: for each device what was asked of it and what came, folded to what a person can read, where it
 * went wrong, and where the time went. All of it are values; a host has the words.
 */
import { paragraphsOf, type Paragraph } from './paragraphs.ts';
import type { ProofResult } from './proof.ts';
import { phaseTimes, requestCounts, type PhaseTimes, type RequestCount } from './statistics.ts';
import { stepsOf } from './steps.ts';
import type { Session, Transcript } from './transcript.ts';

export interface ExplainedSession {
  readonly place: string;
  readonly usbId: Session['usbId'];
  /** Milliseconds since the transcript began. */
  readonly begin: number;
  readonly end: number;
  readonly paragraphs: readonly Paragraph[];
  readonly proof: ProofResult;
  readonly verdict: Verdict;
  readonly requests: readonly RequestCount[];
  readonly times: PhaseTimes;
}

/** How it ended. `trouble` is a place among the paragraphs. */
export type Verdict =
  /** Nothing was erased or written, and nothing went wrong. */
  | { readonly kind: 'looked' }
  /** Something was erased, and nothing was written. */
  | { readonly kind: 'erased' }
  /** Everything that was written was read back equal. */
  | { readonly kind: 'proven'; readonly overcome: number }
  /** Nothing went wrong, and not all of what was written was read back. */
  | { readonly kind: 'not proven' }
  /** The last thing that was read back is not what was written. */
  | { readonly kind: 'different' }
  /** Something went wrong, and nothing was done with memory after it. */
  | { readonly kind: 'failed'; readonly trouble: number }
  /** The transcript ends in the middle of it. */
  | { readonly kind: 'unfinished' };

export interface Explanation extends Omit<Transcript, 'sessions'> {
  readonly sessions: readonly ExplainedSession[];
}

export function explain({ sessions, ...origin }: Transcript): Explanation {
  return { ...origin, sessions: sessions.map(explainSession) };
}

function explainSession({ place, usbId, happenings }: Session): ExplainedSession {
  const steps = stepsOf(happenings);
  const { paragraphs, proof } = paragraphsOf(steps);
  return {
    place,
    usbId,
    begin: steps[0]?.at ?? 0,
    end: Math.max(0, ...steps.slice(-1).map(({ until }) => until)),
    paragraphs,
    proof: proof.result,
    verdict: verdictOf(paragraphs, proof.result),
    requests: requestCounts(happenings),
    times: phaseTimes(steps),
  };
}

const TROUBLE: ReadonlySet<Paragraph['kind']> = new Set(['stuck', 'refused', 'failed']);
const CHANGE: ReadonlySet<Paragraph['kind']> = new Set(['write', 'erase', 'mass-erase', 'read-unprotect']);
const MEMORY: ReadonlySet<Paragraph['kind']> = new Set(['write', 'erase', 'mass-erase', 'read']);

export function isTrouble({ kind }: Paragraph): boolean {
  return TROUBLE.has(kind);
}

function verdictOf(paragraphs: readonly Paragraph[], proof: ProofResult): Verdict {
  const lastOf = (kinds: ReadonlySet<Paragraph['kind']>) =>
    paragraphs.findLastIndex(({ kind }) => kinds.has(kind));
  const worked = lastOf(MEMORY);
  const change = lastOf(CHANGE);
  if (lastOf(TROUBLE) > worked) return { kind: 'failed', trouble: firstOfTheEnd(paragraphs, worked) };
  if (paragraphs.at(-1)?.kind === 'under-way') return { kind: 'unfinished' };
  if (change < 0) return { kind: 'looked' };
  if (proof.different > 0) return { kind: 'different' };
  const isOver = lastOf(OVER) > change;
  if (!paragraphs.some(({ kind }) => kind === 'write')) return { kind: isOver ? 'erased' : 'unfinished' };
  // What was erased last and not written again is not what anybody wanted.
  const isWhole = paragraphs[change]?.kind === 'write' && proof.notRead === 0 && proof.equal > 0;
  if (isWhole) return { kind: 'proven', overcome: paragraphs.filter(isTrouble).length };
  return { kind: isOver ? 'not proven' : 'unfinished' };
}

const OVER: ReadonlySet<Paragraph['kind']> = new Set(['close', 'leave', 'read']);

/** Where the trouble began that was not overcome any more. */
function firstOfTheEnd(paragraphs: readonly Paragraph[], worked: number): number {
  return paragraphs.findIndex((each, at) => at > worked && isTrouble(each));
}

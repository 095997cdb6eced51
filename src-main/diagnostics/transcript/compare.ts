/** Two sessions side by side: requests by kind, times by phase, and the first step in which one did otherwise than the other. */
import { phaseTimes, requestCounts, type PhaseTimes } from './statistics.ts';
import { stepsOf, type Deed, type Step } from './steps.ts';
import type { Session } from './transcript.ts';

export interface Comparison {
  readonly requests: readonly { readonly name: string; readonly left: number; readonly right: number }[];
  readonly times: { readonly left: PhaseTimes; readonly right: PhaseTimes };
  /** Undefined where both did the same to the end. */
  readonly firstDifference: Difference | undefined;
}

export interface Difference {
  /** Steps that are the same before it. */
  readonly same: number;
  /** Undefined where that side was at its end. */
  readonly left: Step | undefined;
  readonly right: Step | undefined;
}

export function compareSessions(left: Session, right: Session): Comparison {
  const [leftSteps, rightSteps] = [stepsOf(left.happenings), stepsOf(right.happenings)];
  const [leftCounts, rightCounts] = [countsOf(left), countsOf(right)];
  const names = new Set([...leftCounts.keys(), ...rightCounts.keys()]);
  return {
    requests: [...names].map((name) => ({
      name,
      left: leftCounts.get(name) ?? 0,
      right: rightCounts.get(name) ?? 0,
    })),
    times: { left: phaseTimes(leftSteps), right: phaseTimes(rightSteps) },
    firstDifference: firstDifference(leftSteps, rightSteps),
  };
}

function countsOf({ happenings }: Session): ReadonlyMap<string, number> {
  return new Map(requestCounts(happenings).map(({ name, count }) => [name, count]));
}

/** Of what is done with the device; how it is looked at, and how often it is asked for a state, differs from tool to tool. */
function firstDifference(left: readonly Step[], right: readonly Step[]): Difference | undefined {
  const [mine, theirs] = [left.filter(isDone), right.filter(isDone)];
  const end = Math.max(mine.length, theirs.length);
  for (let at = 0; at < end; at++) {
    const [one, other] = [mine[at], theirs[at]];
    if (one && other && isSame(one, other)) continue;
    return { same: at, left: one, right: other };
  }
  return undefined;
}

const DONE: ReadonlySet<Deed['kind']> = new Set([
  'erase',
  'mass-erase',
  'read-unprotect',
  'write',
  'read',
  'leave',
  'detach',
]);

function isDone({ deed }: Step): boolean {
  return DONE.has(deed.kind);
}

function isSame(one: Step, other: Step): boolean {
  return describeDeed(one.deed) === describeDeed(other.deed) && endOf(one) === endOf(other);
}

function endOf({ failure, status }: Step): string {
  return failure ?? (status ? `${status.status}` : '');
}

function describeDeed(deed: Deed): string {
  return JSON.stringify(deed);
}

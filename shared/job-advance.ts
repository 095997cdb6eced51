/**
 * How a job goes on. The main side and the screens make the same picture with this one function from the same events,
 * so a screen that comes late needs a picture once and then the events.
 */
import type { Phase } from './failure.ts';
import type { Job, JobEvent } from './job.ts';
import type { ProgressEvent, SectorState } from './progress.ts';

/** A job before its first event. */
export function newJob(
  id: string,
  { kind, path, title, name }: Pick<Job, 'kind' | 'path' | 'title' | 'name'>,
): Job {
  return {
    id,
    kind,
    path,
    title,
    name,
    state: { kind: 'running' },
    phases: [],
    fraction: 0,
    done: 0,
    total: 0,
    rate: 0,
    sectors: [],
    retries: 0,
    recoveries: 0,
  };
}

export function isOver({ state }: Job): boolean {
  return state.kind === 'done' || state.kind === 'failed';
}

/** The phase it is in, or was in when it ended. */
export function phaseOf({ phases }: Job): Phase | undefined {
  return phases.find(({ ended }) => ended === undefined)?.phase ?? phases.at(-1)?.phase;
}

/** The job after this event. Events that come too late, after the end, change nothing. */
export function advance(before: Job, event: JobEvent): Job {
  if (event.type === 'application')
    return before.state.kind === 'done'
      ? { ...before, state: { ...before.state, application: event.application } }
      : before;
  if (isOver(before)) return before;
  switch (event.type) {
    case 'progress':
      return advanceWork(before, event.at, event.event);
    case 'cancelling':
      return { ...before, state: { kind: 'cancelling' } };
    case 'failed':
      return { ...leavePhase(before, event.at), state: { kind: 'failed', failure: event.failure } };
    case 'done': {
      const { outcome: proven, application } = event;
      return {
        ...leavePhase(before, event.at),
        state: { kind: 'done', outcome: proven, application },
        fraction: 1,
        remaining: 0,
      };
    }
  }
}

function advanceWork(before: Job, at: number, event: ProgressEvent): Job {
  switch (event.type) {
    case 'phase':
      return enterPhase(before, event.phase, at);
    case 'sector':
      return { ...before, sectors: withSector(before.sectors, event.address, event.size, event.state) };
    case 'progress': {
      const { address, done, total, rate, remaining } = event;
      const fraction = Math.max(before.fraction, event.fraction);
      return { ...before, address, done, total, rate, remaining, fraction };
    }
    case 'retry':
      return { ...before, retries: before.retries + 1 };
    case 'recovery':
      return { ...before, recoveries: before.recoveries + 1 };
    case 'needs':
      return before.state.kind === 'cancelling'
        ? before
        : { ...before, state: { kind: 'waiting', need: event.need } };
    case 'needs-met':
      return before.state.kind === 'waiting' ? { ...before, state: { kind: 'running' } } : before;
  }
}

/** Erasing, writing and reading back take turns, stretch by stretch: a phase that comes again is open again. */
function enterPhase(before: Job, entered: Phase, at: number): Job {
  const left = leavePhase(before, at).phases;
  const again = left.some((each) => each.phase === entered);
  const phases = again
    ? left.map((each) => (each.phase === entered ? { ...each, ended: undefined, entered: at } : each))
    : [...left, { phase: entered, began: at, ended: undefined, entered: at, spent: 0 }];
  return { ...before, phases, done: 0, total: 0, rate: 0 };
}

function withSector(sectors: Job['sectors'], address: number, size: number, state: SectorState) {
  const known = sectors.some((sector) => sector.address === address);
  return known
    ? sectors.map((sector) => (sector.address === address ? { address, size, state } : sector))
    : [...sectors, { address, size, state }].sort((a, b) => a.address - b.address);
}

function leavePhase(before: Job, at: number): Job {
  return {
    ...before,
    phases: before.phases.map((each) =>
      each.ended === undefined ? { ...each, ended: at, spent: each.spent + at - each.entered } : each,
    ),
  };
}

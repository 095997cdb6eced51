/** The six phases a person sees, made of the engine's, with what became of each. */
import type { Phase } from '../../shared/failure.ts';
import { isOver, phaseOf } from '../../shared/job-advance.ts';
import type { Job } from '../../shared/job.ts';

export const shownPhases = ['check', 'compare', 'erase', 'write', 'verify', 'leave'] as const;
export type ShownPhase = (typeof shownPhases)[number];

const belongsTo: Readonly<Record<Phase, ShownPhase>> = {
  'read-file': 'check',
  find: 'check',
  identify: 'check',
  plan: 'check',
  compare: 'compare',
  erase: 'erase',
  write: 'write',
  verify: 'verify',
  leave: 'leave',
  unprotect: 'erase',
  'enter-bootloader': 'check',
  read: 'compare',
  replay: 'check',
};

/** Done for one stretch of the memory after the other; none of them is over before all are. */
const turns: readonly ShownPhase[] = ['erase', 'write', 'verify'];

export interface PhaseLine {
  readonly phase: ShownPhase;
  /** `takes-turns`: it was done for a part of the memory and comes again for the next. */
  readonly state: 'to-come' | 'now' | 'takes-turns' | 'done' | 'not-needed';
  /** Milliseconds it took, all its turns together; absent while nothing of it is over. */
  readonly spent?: number;
}

function shownPhase(job: Job): ShownPhase {
  return belongsTo[phaseOf(job) ?? 'identify'];
}

export function phaseLines(job: Job): readonly PhaseLine[] {
  const present = isOver(job) ? undefined : shownPhase(job);
  return shownPhases.map((phase) => {
    const records = job.phases.filter((record) => belongsTo[record.phase] === phase);
    const spent = records.reduce((sum, record) => sum + record.spent, 0);
    if (phase === present) return { phase, state: 'now' };
    const comesAgain = present !== undefined && turns.includes(present) && turns.includes(phase);
    if (records.length > 0) return { phase, state: comesAgain ? 'takes-turns' : 'done', spent };
    return { phase, state: job.state.kind === 'done' ? 'not-needed' : 'to-come' };
  });
}

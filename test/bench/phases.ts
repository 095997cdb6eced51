/**
 * Where the time of an update goes, taken from the device's record of its requests: whatever program sent them, by the
 * same rule. A request lasts until the next one comes, so a program's own pauses count for what it was doing.
 */
import type { TransferRecord } from '../../src-main/virtual/virtual-device.ts';
import { purposesOf, type Purpose } from './purposes.ts';

/** `compare` is reading before anything is written, `readBack` after it. */
export type Phase = 'erase' | 'write' | 'readBack' | 'compare' | 'rest';

/** Milliseconds. */
export interface Phases extends Readonly<Record<Phase, number>> {
  /** From the first request to the last. */
  readonly total: number;
  readonly requests: number;
}

/** @param block bytes of a full block */
export function phasesOf(log: readonly Pick<TransferRecord, 'at' | 'request'>[], block: number): Phases {
  const purposes = purposesOf(log, block);
  const firstWrite = purposes.indexOf('write');
  const time: Record<Phase, number> = { erase: 0, write: 0, readBack: 0, compare: 0, rest: 0 };
  let total = 0;
  for (const [i, { at }] of log.entries()) {
    const lasted = (log[i + 1]?.at ?? at) - at;
    time[phaseOf(purposes[i] ?? 'other', firstWrite >= 0 && i > firstWrite)] += lasted;
    total += lasted;
  }
  return { ...time, total, requests: log.length };
}

function phaseOf(purpose: Purpose, written: boolean): Phase {
  switch (purpose) {
    case 'read':
      return written ? 'readBack' : 'compare';
    case 'other':
      return 'rest';
    case 'erase':
    case 'write':
      return purpose;
  }
}

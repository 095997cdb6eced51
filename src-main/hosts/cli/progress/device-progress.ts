/** Where the work on one device is: what a stream of progress events adds up to. A value; nothing is drawn here. */
import type { DeviceCondition, Phase } from '../../../../shared/failure.ts';
import type { Need, ProgressEvent, RecoveryRung } from '../../../../shared/progress.ts';

export interface DeviceProgress {
  readonly phase: Phase | undefined;
  /** The sector that is being erased. */
  readonly erasing: { readonly address: number; readonly size: number } | undefined;
  /** Bytes of the present phase; 0 of 0 before anything is known of it. */
  readonly done: number;
  readonly total: number;
  /** Bytes per second; 0 before anything was measured. */
  readonly rate: number;
  /** Of the whole job, 0 … 1. */
  readonly fraction: number;
  /** Milliseconds; undefined before anything is known. */
  readonly remaining: number | undefined;
  /** What the person must do before it can go on. */
  readonly need: Need | undefined;
  /** What is being done to get the device back. */
  readonly recovering: RecoveryRung | undefined;
  /** What an end at this moment would leave behind. */
  readonly condition: DeviceCondition;
}

export const AT_START: DeviceProgress = {
  phase: undefined,
  erasing: undefined,
  done: 0,
  total: 0,
  rate: 0,
  fraction: 0,
  remaining: undefined,
  need: undefined,
  recovering: undefined,
  condition: 'untouched',
};

export function advance(progress: DeviceProgress, event: ProgressEvent): DeviceProgress {
  switch (event.type) {
    case 'phase':
      return {
        ...progress,
        phase: event.phase,
        erasing: undefined,
        done: 0,
        total: 0,
        rate: 0,
        // Unlocking erases everything, and tells of no sector.
        condition: event.phase === 'unprotect' ? 'incomplete' : progress.condition,
      };
    case 'sector': {
      const { address, size, state } = event;
      if (state === 'erasing') return { ...progress, erasing: { address, size }, condition: 'incomplete' };
      return { ...progress, erasing: undefined };
    }
    case 'progress': {
      const { done, total, rate, fraction, remaining } = event;
      return { ...progress, done, total, rate, fraction, remaining, recovering: undefined };
    }
    case 'recovery':
      return { ...progress, recovering: event.rung };
    case 'needs':
      return { ...progress, need: event.need };
    case 'needs-met':
      return { ...progress, need: undefined };
    case 'retry':
      return progress;
  }
}

/**
 * What an update tells while it runs. One stream of plain values, for a terminal, a screen, a log or a test; at most
 * about twenty `progress` events a second, every other event as it happens.
 */
import type { Phase } from './failure.ts';

/** What is known of one sector, as the sector map draws it. */
export type SectorState =
  'untouched' | 'unchanged' | 'erasing' | 'erased' | 'writing' | 'written' | 'verified' | 'failed';

/** What the job cannot do itself and waits for. */
export interface Need {
  readonly kind: 'replug';
  /** Port path at which the device is expected. */
  readonly path: string;
  /** Milliseconds it will be waited for. */
  readonly patience: number;
}

/** One step of the recovery ladder, gentlest first. */
export type RecoveryRung = 'clear' | 're-open' | 'usb-reset' | 'replug';

export type ProgressEvent =
  | { readonly type: 'phase'; readonly phase: Phase }
  | { readonly type: 'sector'; readonly address: number; readonly size: number; readonly state: SectorState }
  | {
      readonly type: 'progress';
      readonly phase: Phase;
      /** Where the work is. */
      readonly address: number;
      /** Bytes done and to do in this phase over the whole job. */
      readonly done: number;
      readonly total: number;
      /** Of the whole job by time, 0 … 1; never falls. */
      readonly fraction: number;
      /** Measured bytes per second of this phase so far; 0 before anything was measured. */
      readonly rate: number;
      /** Milliseconds still to go, by the model as corrected by what was measured. */
      readonly remaining: number;
    }
  | { readonly type: 'retry'; readonly address: number; readonly attempt: number; readonly because: string }
  | { readonly type: 'recovery'; readonly rung: RecoveryRung; readonly because: string }
  | { readonly type: 'needs'; readonly need: Need }
  | { readonly type: 'needs-met' };

export type ProgressListener = (event: ProgressEvent) => void;

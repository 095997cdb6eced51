/**
 * Progress for logs and pipes, where nothing can be drawn anew: a line when a kind of work begins for the first time,
 * then one for every tenth of the whole or every few seconds, whichever comes first.
 */
import type { Clock } from '../../../../shared/clock.ts';
import type { Phase } from '../../../../shared/failure.ts';
import type { ProgressEvent } from '../../../../shared/progress.ts';
import { phaseWord } from '../words/phases.ts';
import type { DeviceProgress } from './device-progress.ts';
import { percent, progressWords } from './progress-text.ts';

const LONGEST_SILENCE = 5_000;
const TENTHS = 10;

export class PlainLines {
  readonly #clock: Clock;
  readonly #seen = new Set<Phase>();
  #tenth = 0;
  #last: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
  }

  /** The line to write after `event` has led to `progress`; undefined for none. */
  lineFor(event: ProgressEvent, progress: DeviceProgress): string | undefined {
    if (event.type === 'phase') {
      // That takes no time worth a line in a log.
      if (event.phase === 'identify' || this.#seen.has(event.phase)) return undefined;
      this.#seen.add(event.phase);
      return phaseWord(event.phase);
    }
    if (event.type !== 'progress') return undefined;
    const tenth = Math.floor(progress.fraction * TENTHS);
    const now = this.#clock.now();
    if (tenth <= this.#tenth && now - this.#last < LONGEST_SILENCE) return undefined;
    this.#tenth = Math.max(tenth, this.#tenth);
    this.#last = now;
    // Its news is that a sector has been erased, not that one is being erased.
    return `${percent(progress)} · ${progressWords({ ...progress, erasing: undefined })}`;
  }
}

import type { PowerSaveBlocker } from 'electron';
import type { Job } from '../../../shared/job.ts';
import { isAtWork } from './jobs.ts';

/** Keeps the computer from falling asleep under an update; its display may. */
export class Wakefulness {
  readonly #blocker: PowerSaveBlocker;
  #blocking: number | undefined;

  constructor(blocker: PowerSaveBlocker) {
    this.#blocker = blocker;
  }

  follow(jobs: readonly Job[]): void {
    const wanted = jobs.some(isAtWork);
    if (wanted && this.#blocking === undefined) {
      this.#blocking = this.#blocker.start('prevent-app-suspension');
    } else if (!wanted && this.#blocking !== undefined) {
      this.#blocker.stop(this.#blocking);
      this.#blocking = undefined;
    }
  }
}

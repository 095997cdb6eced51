/**
 * The flash interface of the chip: it does one operation at a time, each takes its time, and what is running when the
 * power fails is left half done. The bootloader only starts operations; how it reports their end is its own affair,
 * and on some loaders wrong, which is why the two are apart (AN2606 table 136: "SW exits while the operation is ongoing").
 */
import type { NorFlash } from './nor-flash.ts';

interface Job {
  readonly end: number;
  /** What the operation has done at its end. */
  readonly finish: () => void;
  /** What it has done when the power fails before its end. */
  readonly tear: () => void;
}

export class FlashController {
  readonly flash: NorFlash;
  #job: Job | undefined;

  constructor(flash: NorFlash) {
    this.flash = flash;
  }

  /** Whether an operation is still running at time `at` (milliseconds of the device's clock). */
  isBusy(at: number): boolean {
    this.settle(at);
    return this.#job !== undefined;
  }

  /** Starts an operation at time `at`; while another one runs, the new one is lost and recorded. */
  start(
    at: number,
    duration: number,
    address: number,
    finish: () => void,
    tear: () => void = noEffect,
  ): void {
    if (this.isBusy(at)) this.flash.faults.push({ kind: 'busy', address });
    else if (duration <= 0) finish();
    else this.#job = { end: at + duration, finish, tear };
  }

  /** Lets an operation that has ended by `at` take its effect. */
  settle(at: number): void {
    const job = this.#job;
    if (!job || at < job.end) return;
    this.#job = undefined;
    job.finish();
  }

  powerLost(at: number): void {
    this.settle(at);
    this.#job?.tear();
    this.#job = undefined;
  }
}

function noEffect(): void {
  // Nothing was changed before the power failed.
}

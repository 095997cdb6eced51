/**
 * What a loader knows, or believes, of the operation under way: when it will call it finished, which poll time it
 * reports until then, and from when on it listens again. That the work in the flash has its own end, which the loader
 * may miss, is the heart of the defects this project exists for.
 */
import type { WhileBusy } from './definition.ts';
import type { StuckUntil, TransferFault } from './faults.ts';
import type { Operation } from './operations.ts';

/** The first GETSTATUS of an erase in bank 2 is answered after this time (USB log in Betaflight 8ac29e0). */
export const BANK_2_FIRST_ANSWER_MS = 16;

export class Progress {
  readonly #whileBusy: WhileBusy;
  #operation: Operation | undefined;
  #reportsEndAt = -Infinity;
  #disturbableUntil = -Infinity;
  #poll = 0;
  #stuck: StuckUntil | undefined;
  /** Time from which the loader takes the next request. */
  heldUntil = 0;

  constructor(whileBusy: WhileBusy) {
    this.#whileBusy = whileBusy;
  }

  /** bwPollTimeout in milliseconds. */
  get poll(): number {
    return this.#poll;
  }

  /** DfuStatus with which the operation ends. */
  get status(): number {
    return this.#operation?.status ?? 0;
  }

  /** Set while the fault plan keeps the loader busy. */
  get stuck(): StuckUntil | undefined {
    return this.#stuck;
  }

  /** An operation starts at time `at`. @returns milliseconds the answer that starts it is held back */
  begin(operation: Operation, faults: readonly TransferFault[], at: number): number {
    this.#operation = operation;
    this.#reportsEndAt = at + (operation.reportedAfter ?? operation.duration);
    this.#disturbableUntil = operation.disturbable ? at + operation.duration : -Infinity;
    this.#poll = operation.poll;
    this.#stuck = undefined;
    for (const fault of faults) {
      if (fault.kind === 'stuck-busy') this.#stuck = fault.until;
      if (fault.kind === 'poll-time') this.#poll = fault.milliseconds;
    }
    if (operation.reportedAfter !== undefined) return BANK_2_FIRST_ANSWER_MS;
    const holds = this.#whileBusy === 'holds-first' || this.#whileBusy === 'holds-next';
    if (holds) this.heldUntil = at + operation.duration;
    return this.#whileBusy === 'holds-first' && !operation.resets ? operation.duration : 0;
  }

  /** What the loader answers to a GETSTATUS at time `at`. */
  report(at: number): 'finished' | 'busy' | 'stall' {
    if (this.#stuck !== undefined) return 'busy';
    if (at >= this.#reportsEndAt) return 'finished';
    return this.#whileBusy === 'stalls' ? 'stall' : 'busy';
  }

  /** Whether a command that reaches the flash at time `at` hangs the loader (AN2606 table 136, V9.1). */
  isDisturbable(at: number): boolean {
    return at < this.#disturbableUntil;
  }

  unstick(): void {
    this.#stuck = undefined;
  }
}

/**
 * Stopping on request. The first Ctrl-C asks: the work ends at the next point where it can, and tells in which condition
 * the device is. The second one ends the program at once, with the same statement. SIGTERM and SIGHUP count alike.
 */
import type { Terminal } from './surroundings.ts';

export interface StopStatements {
  /** Told at the first request. */
  readonly first: () => void;
  /** Told at the second one, before the program ends; must not wait for anything. */
  readonly second: () => void;
}

export class Cancellation {
  readonly #controller = new AbortController();
  readonly #unsubscribe: () => void;

  constructor(terminal: Terminal, statements: StopStatements) {
    this.#unsubscribe = terminal.onStop(() => {
      if (this.signal.aborted) {
        statements.second();
      } else {
        this.#controller.abort();
        statements.first();
      }
    });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  dispose(): void {
    this.#unsubscribe();
  }
}

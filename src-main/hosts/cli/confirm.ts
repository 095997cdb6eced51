/** Asking before something is changed. Where nobody can be asked, only --yes says so. */
import { StepwiseError } from '../../../shared/failure.ts';
import type { Run } from './run.ts';

/** Told before anything is done, not after half of it. @throws usage */
export function expectAnswer({ options, surroundings }: Run): void {
  if (options.yes) return;
  if (options.json) throw new StepwiseError('usage', { problem: '--json does not ask: add --yes.' });
  if (!surroundings.terminal.canAsk)
    throw new StepwiseError('usage', { problem: 'There is no terminal to ask in: add --yes.' });
}

/** @returns true for a yes; false for anything else, and when the run is stopped meanwhile */
export async function confirmed(run: Run, question: string): Promise<boolean> {
  if (run.options.yes) return true;
  run.reporter.rest();
  const answer = await run.surroundings.terminal.ask(`${question} [y/N] `, run.signal);
  return /^y(es)?$/i.test(answer?.trim() ?? '');
}

/** @throws cancelled */
export function expectConsent(given: boolean): void {
  if (!given) throw new StepwiseError('cancelled', { condition: 'untouched' }, { condition: 'untouched' });
}

/**
 * One question for several devices: it is asked when each of them has told what would happen to it, or has dropped out,
 * and the answer holds for all.
 */
export class Assent {
  readonly #ask: () => Promise<boolean>;
  readonly #answer: Promise<boolean>;
  #answered: (answer: Promise<boolean>) => void = () => undefined;
  /** Devices that have neither told nor dropped out. */
  #expected: number;
  #told = 0;

  constructor(devices: number, ask: () => Promise<boolean>) {
    this.#expected = devices;
    this.#ask = ask;
    this.#answer = new Promise((resolve) => (this.#answered = resolve));
  }

  /** One device's part in it. */
  part(): AssentPart {
    let heard = false;
    const hear = (told: boolean) => {
      if (heard) return;
      heard = true;
      this.#hear(told);
    };
    return {
      given: async () => {
        hear(true);
        expectConsent(await this.#answer);
      },
      end: () => hear(false),
    };
  }

  #hear(told: boolean): void {
    this.#expected -= 1;
    if (told) this.#told += 1;
    if (this.#expected === 0 && this.#told > 0) this.#answered(this.#ask());
  }
}

export interface AssentPart {
  /** This device has told what would happen. Resolves when the answer is yes. @throws cancelled */
  given(): Promise<void>;
  /** This device is done, whether it came to that or not. */
  end(): void;
}

/** Something that is asked of a device or of this computer: not yet, on its way, answered, or failed. */
import type { Failure } from '../../shared/failure.ts';
import { failureOf } from '../state/failure-of.ts';

export type InquiryState<R> =
  | { readonly kind: 'not-asked' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'answered'; readonly answer: R }
  | { readonly kind: 'failed'; readonly failure: Failure };

export class Inquiry<R> {
  #state: InquiryState<R> = $state.raw({ kind: 'not-asked' });
  #abort: AbortController | undefined;

  get state(): InquiryState<R> {
    return this.#state;
  }

  get answer(): R | undefined {
    return this.#state.kind === 'answered' ? this.#state.answer : undefined;
  }

  /** What was cancelled is as if it had not been asked. */
  async ask(work: (signal: AbortSignal) => Promise<R>): Promise<void> {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.#state = { kind: 'asking' };
    const end = (state: InquiryState<R>) => {
      if (this.#abort === abort) this.#state = state;
    };
    try {
      end({ kind: 'answered', answer: await work(abort.signal) });
    } catch (error) {
      end(abort.signal.aborted ? { kind: 'not-asked' } : { kind: 'failed', failure: failureOf(error) });
    }
  }

  cancel(): void {
    this.#abort?.abort();
  }
}

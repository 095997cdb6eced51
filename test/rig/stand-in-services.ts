/** Services for tests of what carries them: every handler answers as the test says, or refuses. */
import { requests, type RequestName } from '../../shared/contract.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { Announce, Handlers, Services } from '../../src-main/services/handlers.ts';

export class StandInServices implements Services {
  readonly handlers: Handlers;
  readonly #listeners = new Set<Announce>();

  constructor(answers: Partial<Handlers>) {
    const refuse = (name: RequestName) => () => {
      throw new StepwiseError('not-supported', { what: name });
    };
    const names = Object.keys(requests) as RequestName[];
    this.handlers = {
      ...(Object.fromEntries(names.map((name) => [name, refuse(name)])) as unknown as Handlers),
      ...answers,
    };
  }

  readonly announce: Announce = (name, event) => {
    for (const listener of this.#listeners) listener(name, event);
  };

  subscribe(listener: Announce): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  isWriting(): boolean {
    return false;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** A rule or a driver that is being installed because somebody asked for it, and what became of that. */
import type { Failure } from '../../shared/failure.ts';
import type { Mended } from '../../shared/host-check.ts';
import type { App } from '../state/app.svelte.ts';
import { failureOf } from '../state/failure-of.ts';

type State =
  | { readonly kind: 'not-asked' | 'asking' }
  | { readonly kind: 'ended'; readonly mended: Mended }
  | { readonly kind: 'failed'; readonly failure: Failure };

export class Mending {
  readonly #app: App;
  #state: State = $state.raw({ kind: 'not-asked' });

  constructor(app: App) {
    this.#app = app;
  }

  get state(): State {
    return this.#state;
  }

  /** One at a time: the system asks the person. */
  async mend(path: string, what: 'install-rule' | 'install-driver'): Promise<void> {
    if (this.#state.kind === 'asking') return;
    this.#state = { kind: 'asking' };
    try {
      const request = { path, what: what === 'install-rule' ? ('rule' as const) : ('driver' as const) };
      this.#state = { kind: 'ended', mended: await this.#app.client.request('host.mend', request) };
    } catch (error) {
      this.#state = { kind: 'failed', failure: failureOf(error) };
    }
  }
}

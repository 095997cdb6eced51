/** What a person can do about a failure, as buttons: those every screen can do, and those this one can. */
import type { Remedy } from '../failures/explain.ts';
import type { App } from '../state/app.svelte.ts';

export interface Action {
  readonly kind: Remedy['kind'];
  readonly text: string;
  readonly act: () => void;
}

/** What this screen can do about it. */
export type Doable = Partial<Record<Remedy['kind'], () => void>>;

/** In the order of the remedies; what nobody here can do is left out. */
export function actionsFor(app: App, now: readonly Remedy[], doable: Doable): readonly Action[] {
  const { support } = app.about.product;
  const everywhere: Doable = {
    export: () => app.go({ view: 'diagnostics', at: 'export' }),
    'update-app': () => app.go({ view: 'settings' }),
    'see-checks': () => app.go({ view: 'diagnostics' }),
    ...(support.url !== undefined && { support: () => void open(app, 'support') }),
    ...(support.url === undefined &&
      support.email !== undefined && { support: () => void open(app, 'support-mail') }),
  };
  return now.flatMap(({ kind, text }) => {
    const act = doable[kind] ?? everywhere[kind];
    return act ? [{ kind, text, act }] : [];
  });
}

export function adviceIn(now: readonly Remedy[]): readonly string[] {
  return now.flatMap(({ kind, text }) => (kind === 'advice' ? [text] : []));
}

async function open(app: App, what: 'support' | 'support-mail'): Promise<void> {
  await app.attempt(app.client.request('app.open', { what }));
}

/** What a person can do about a failure, as buttons: those every screen can do, and those this one can. */
import type { Failure } from '../../shared/failure.ts';
import type { Remedy } from '../failures/explain.ts';
import type { App } from '../state/app.svelte.ts';
import { saveFile } from './save-file.ts';

export interface Action {
  readonly kind: Remedy['kind'];
  readonly text: string;
  readonly act: () => void;
}

/** What this screen can do about it. */
export type Doable = Partial<Record<Remedy['kind'], () => void>>;

/** In the order of the remedies; what nobody here can do is left out. */
export function actionsFor(
  app: App,
  failure: Failure,
  now: readonly Remedy[],
  doable: Doable,
): readonly Action[] {
  const { support } = app.about.product;
  const everywhere: Doable = {
    export: () => void saveLog(app, failure),
    'update-app': () => app.go({ view: 'settings' }),
    'install-rule': () => app.go({ view: 'diagnostics' }),
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

/** The failure and the newest lines of the log, for support. */
async function saveLog(app: App, failure: Failure): Promise<void> {
  const lines = await app.attempt(app.client.request('logs.read', {}));
  const text = [
    `${app.about.product.name} ${app.about.version} · ${app.about.platform}`,
    JSON.stringify(failure),
    ...(lines ?? []).map(
      ({ time, level, room, message }) => `${time} ${level.padEnd(5)} ${room.padEnd(10)} ${message}`,
    ),
  ].join('\n');
  saveFile(`stepwise-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}.log`, `${text}\n`);
}

/** The wizard at work: it asks the main side what the present place needs to know, and goes on with the answer. */
import { isOver } from '../../shared/job-advance.ts';
import type { FetchProgress } from '../../shared/catalog.ts';
import type { Firmware } from '../../shared/firmware.ts';
import * as m from '../paraglide/messages.js';
import type { App } from '../state/app.svelte.ts';
import { failureOf } from '../state/failure-of.ts';
import { AT_THE_BEGINNING, next, type Question, question, type Wizard, type WizardEvent } from './wizard.ts';

export class Guide {
  readonly #app: App;
  #now: Wizard = $state.raw(AT_THE_BEGINNING);
  /** What is being fetched for the present place. */
  #fetching: FetchProgress | undefined = $state.raw();
  /** Ends what was asked for a place the person has left. */
  #asking = new AbortController();

  constructor(app: App) {
    this.#app = app;
    // A window that was reloaded in the middle of an update shows it.
    const running = app.jobs.filter((job) => !isOver(job));
    const [only] = running;
    if (only && running.length === 1) this.follow(only.path, only.id);
    app.client.subscribe('firmware-opened', ({ firmware, failure }) => {
      app.go({ view: 'update' });
      if (failure) app.tell(failure);
      if (firmware) this.#opened(firmware);
    });
    app.client.subscribe('catalog', ({ checking }) => {
      if (!checking) void this.#lookForNews();
    });
  }

  get now(): Wizard {
    return this.#now;
  }

  get fetching(): FetchProgress | undefined {
    return this.#fetching;
  }

  /** Shows a job that was begun elsewhere. */
  follow(path: string, job: string): void {
    const state = this.#app.device(path)?.state;
    const identity = state && 'identity' in state ? state.identity : undefined;
    this.send({ type: 'job-begun', path, job, identity });
  }

  /** Somebody opened a file with this program. */
  #opened(firmware: Firmware): void {
    const before = this.#now;
    this.send({ type: 'firmware-opened', firmware });
    if (this.#now === before)
      this.#app.notify({
        tone: 'info',
        title: m.update_opened_title({ name: firmware.name }),
        text: m.update_opened_later(),
      });
  }

  send(event: WizardEvent): void {
    const before = this.#now;
    this.#now = next(before, event);
    if (this.#now === before) return;
    this.#asking.abort();
    this.#asking = new AbortController();
    this.#fetching = undefined;
    const asked = question(this.#now);
    if (asked) void this.#ask(asked, this.#now);
  }

  /** The maker may offer something else by now; what is shown meanwhile stays. */
  async #lookForNews(): Promise<void> {
    const place = this.#now;
    if (place.step !== 'choose' || place.offer.kind !== 'there') return;
    const firmware = await this.#app.client
      .request('firmware.list', { path: place.path })
      .catch(() => undefined);
    if (firmware && this.#now === place) this.send({ type: 'offered', firmware });
  }

  /** Goes on with the answer only where nobody has gone on meanwhile. */
  async #ask(asked: Question, place: Wizard): Promise<void> {
    const event = await this.#answer(asked).catch((error: unknown): WizardEvent => ({
      type: 'refused',
      failure: failureOf(error),
    }));
    if (this.#now === place) this.send(event);
  }

  async #answer(asked: Question): Promise<WizardEvent> {
    const { client } = this.#app;
    if (asked.ask === 'firmware')
      return { type: 'offered', firmware: await client.request('firmware.list', { path: asked.path }) };
    const { path, firmware, outside, agreed } = asked.of;
    const wish = { path, firmware, discardOutside: outside === 'discard' };
    if (asked.ask === 'review') {
      await this.#fetch(path, firmware);
      return { type: 'reviewed', review: await client.request('update.review', wish) };
    }
    const { job } = await client.request('update.start', { ...wish, consents: [...agreed] });
    return { type: 'job-begun', path, job };
  }

  /** Nothing happens where it is here already. */
  async #fetch(path: string, firmware: string): Promise<void> {
    const { signal } = this.#asking;
    await this.#app.client.request(
      'firmware.fetch',
      { path, firmware },
      {
        signal,
        onProgress: (progress) => {
          if (!signal.aborted) this.#fetching = progress;
        },
      },
    );
    if (!signal.aborted) this.#fetching = undefined;
  }
}

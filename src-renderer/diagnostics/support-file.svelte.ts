/** The file for support: drawn up on the main side, looked through here, and made of what was looked through. */
import type { BundleMade, BundlePreview } from '../../shared/bundle.ts';
import type { Client } from '../../shared/contract.ts';
import type { Failure } from '../../shared/failure.ts';
import { saveFile } from '../parts/save-file.ts';
import { failureOf } from '../state/failure-of.ts';

export class SupportFile {
  readonly #client: Client;
  #preview: BundlePreview | undefined = $state.raw();
  /** Names of what the person leaves out. */
  #unwanted: readonly string[] = $state.raw([]);
  #includeSerials = $state(false);
  #busy: 'looking' | 'saving' | undefined = $state();
  #saved: string | undefined = $state();
  #failure: Failure | undefined = $state.raw();

  constructor(client: Client) {
    this.#client = client;
  }

  /** What goes in, once it was asked for. */
  get preview(): BundlePreview | undefined {
    return this.#preview;
  }

  get includeSerials(): boolean {
    return this.#includeSerials;
  }

  get busy(): 'looking' | 'saving' | undefined {
    return this.#busy;
  }

  /** Name of the file, once it is there. */
  get saved(): string | undefined {
    return this.#saved;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Bytes of what goes in. */
  get size(): number {
    const wanted = this.#preview?.contents.filter(({ name }) => this.wants(name)) ?? [];
    return wanted.reduce((sum, { size }) => sum + size, 0);
  }

  wants(name: string): boolean {
    return !this.#unwanted.includes(name);
  }

  want(name: string, wanted: boolean): void {
    const others = this.#unwanted.filter((each) => each !== name);
    this.#unwanted = wanted ? others : [...others, name];
    this.#saved = undefined;
  }

  /** What was left out stays so, though everything is drawn up anew. */
  async include(serials: boolean): Promise<void> {
    this.#includeSerials = serials;
    this.#saved = undefined;
    if (this.#preview) await this.look();
  }

  async look(): Promise<void> {
    await this.#during('looking', () => this.#draw());
  }

  async save(): Promise<void> {
    await this.#during('saving', async () => {
      const { draft, contents } = this.#preview ?? (await this.#draw());
      const without = contents.flatMap(({ name }) => (this.wants(name) ? [] : [name]));
      this.#saved = nameOf(await this.#client.request('bundle.make', { draft, without }));
    });
  }

  async #draw(): Promise<BundlePreview> {
    const known = this.#preview?.contents.map(({ name }) => name) ?? [];
    const preview = await this.#client.request('bundle.preview', { includeSerials: this.#includeSerials });
    const unticked = preview.contents.flatMap(({ name, ticked }) =>
      ticked || known.includes(name) ? [] : [name],
    );
    this.#unwanted = [...this.#unwanted, ...unticked];
    this.#preview = preview;
    return preview;
  }

  async #during(what: 'looking' | 'saving', work: () => Promise<unknown>): Promise<void> {
    this.#busy = what;
    this.#failure = undefined;
    this.#saved = undefined;
    try {
      await work();
    } catch (error) {
      this.#failure = failureOf(error);
    } finally {
      this.#busy = undefined;
    }
  }
}

/** Where the host does not save it, it is a download. */
function nameOf(made: BundleMade): string | undefined {
  if (made.kind === 'cancelled') return undefined;
  if (made.kind === 'content') saveFile(made.name, bytesOf(made.content), 'application/zip');
  return made.name;
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

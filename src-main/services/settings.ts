/** What the person has chosen, in a file. One that cannot be read is set aside, and the defaults hold. */
import { mkdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import { StepwiseError } from '../../shared/failure.ts';
import { DEFAULT_SETTINGS, settings as schema, type Settings as Values } from '../../shared/settings.ts';
import type { Log } from '../log/log.ts';

const FILE = 'settings.json';

/** What is missing in a file of an older version has its default. */
const stored = schema.unwrap().partial();

export class Settings {
  readonly #folder: string;
  #now: Values;
  /** Writes one after the other: the last one counts. */
  #written: Promise<void> = Promise.resolve();

  private constructor(folder: string, now: Values) {
    this.#folder = folder;
    this.#now = now;
  }

  /** Never rejects: without settings there are the defaults. */
  static async open(folder: string, log: Log): Promise<Settings> {
    return new Settings(folder, { ...DEFAULT_SETTINGS, ...(await read(join(folder, FILE), log)) });
  }

  get now(): Values {
    return this.#now;
  }

  /** On disk when the promise resolves. @throws host-file; the change holds in this run all the same */
  async change(change: { readonly [K in keyof Values]?: Values[K] | undefined }): Promise<Values> {
    this.#now = { ...this.#now, ...withoutUndefined(change) };
    const content = `${JSON.stringify(this.#now, undefined, 2)}\n`;
    const writing = this.#written.then(() => this.#write(content));
    this.#written = writing.catch(() => undefined);
    await writing;
    return this.#now;
  }

  async #write(content: string): Promise<void> {
    const path = join(this.#folder, FILE);
    try {
      await mkdir(this.#folder, { recursive: true });
      await writeFileAtomic(path, content);
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : String(cause);
      throw new StepwiseError('host-file', { path, operation: 'write', detail }, { cause });
    }
  }
}

async function read(path: string, log: Log): Promise<Partial<Values>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    // There are none before the first change; where they may not be read, the change that is not kept says so.
    return {};
  }
  try {
    return withoutUndefined(stored.parse(JSON.parse(text)));
  } catch {
    const aside = `${path}.damaged`;
    const where = await rename(path, aside).then(
      () => `they lie now at ${aside}`,
      () => 'they cannot be set aside either',
    );
    log.write('warn', 'settings', `the settings cannot be read, the defaults hold; ${where}`);
    return {};
  }
}

function withoutUndefined(values: object): Partial<Values> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

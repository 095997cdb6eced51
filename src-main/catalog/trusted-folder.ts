/**
 * What is trusted, on disk: all in one file that is replaced in one step, so that after a fall there is the trust of
 * before or that of after, and never a mixture. The folder is not believed: who loads it verifies it again.
 */
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../log/log.ts';
import { replaceFile, type Files } from '../files/files.ts';
import { NOTHING_TRUSTED, trustedTexts, type TrustedTexts } from './trusted-metadata.ts';

/** When the repository was asked; ISO 8601. Only a hint: whoever loses it asks once more. */
const checks = z
  .object({
    /** It answered, and was believed. */
    checked: z.iso.datetime().optional(),
    /** The same, and all of TUF's steps were gone through. */
    complete: z.iso.datetime().optional(),
  })
  .readonly();
export type Checks = z.infer<typeof checks>;

export class TrustedFolder {
  readonly #files: Files;
  readonly #folder: string;
  readonly #log: Log;

  constructor(files: Files, folder: string, log: Log) {
    this.#files = files;
    this.#folder = folder;
    this.#log = log;
  }

  async texts(): Promise<TrustedTexts> {
    return (await this.#read('trusted.json', trustedTexts)) ?? NOTHING_TRUSTED;
  }

  async checks(): Promise<Checks> {
    return (await this.#read('checked.json', checks)) ?? {};
  }

  /** @throws host-file */
  keepTexts(texts: TrustedTexts): Promise<void> {
    return this.#write('trusted.json', texts);
  }

  /** @throws host-file */
  keepChecks(times: Checks): Promise<void> {
    return this.#write('checked.json', times);
  }

  /** Undefined where there is none, or something else. */
  async #read<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    try {
      const bytes = await this.#files.read(join(this.#folder, name));
      return bytes && schema.parse(JSON.parse(Buffer.from(bytes).toString()));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#log.write('warn', 'catalog', `${name} is damaged, and done without: ${why}`);
      return undefined;
    }
  }

  async #write(name: string, value: unknown): Promise<void> {
    await replaceFile(this.#files, join(this.#folder, name), Buffer.from(JSON.stringify(value)));
  }
}

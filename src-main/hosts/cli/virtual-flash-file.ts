/** The flash of a virtual device between two runs: a file with its cells, and beside it what an update remembers of it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { StepwiseError } from '../../../shared/failure.ts';
import type { ImageRange } from '../../firmware/image.ts';
import { FLASH_START } from '../../dfuse/layout.ts';
import type { NorFlash } from '../../virtual/nor-flash.ts';

export class VirtualFlashFile {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  get stateFolder(): string {
    return `${this.#path}.state`;
  }

  /** @throws host-file; a file that is not there yet is blank flash */
  contents(): readonly ImageRange[] {
    if (!existsSync(this.#path)) return [];
    try {
      return [{ address: FLASH_START, bytes: new Uint8Array(readFileSync(this.#path)) }];
    } catch (error) {
      throw hostFile(this.#path, 'read', error);
    }
  }

  /** @throws host-file */
  save(flash: NorFlash): void {
    try {
      writeFileSync(this.#path, flash.snapshot());
    } catch (error) {
      throw hostFile(this.#path, 'write', error);
    }
  }
}

function hostFile(path: string, operation: string, cause: unknown): StepwiseError {
  const detail = cause instanceof Error ? cause.message : String(cause);
  return new StepwiseError('host-file', { path, operation, detail }, { cause });
}

/** Files in memory, on a computer that may lose its power at any step: half of what was being written is there then. */
import { dirname } from 'node:path';
import type { Files } from '../../src-main/files/files.ts';

export class PowerLoss extends Error {}

export class MortalFiles implements Files {
  readonly content: Map<string, Uint8Array>;
  /** Changes that were made. */
  steps = 0;
  #diesAt: number;

  /** @param diesAt the step that is not finished any more, from 1 */
  constructor(content: ReadonlyMap<string, Uint8Array> = new Map(), diesAt = Infinity) {
    this.content = new Map(content);
    this.#diesAt = diesAt;
  }

  read(path: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.content.get(path));
  }

  size(path: string): Promise<number | undefined> {
    return Promise.resolve(this.content.get(path)?.length);
  }

  write(path: string, bytes: Uint8Array): Promise<void> {
    return this.#step(
      () => this.content.set(path, bytes),
      () => this.content.set(path, bytes.slice(0, Math.floor(bytes.length / 2))),
    );
  }

  append(path: string, bytes: Uint8Array): Promise<void> {
    return this.write(path, Buffer.concat([this.content.get(path) ?? new Uint8Array(), bytes]));
  }

  sync(): Promise<void> {
    return Promise.resolve();
  }

  rename(from: string, to: string): Promise<void> {
    return this.#step(() => {
      const bytes = this.content.get(from);
      if (!bytes) throw new Error(`there is no ${from}`);
      this.content.set(to, bytes);
      this.content.delete(from);
    });
  }

  remove(path: string): Promise<void> {
    return this.#step(() => this.content.delete(path));
  }

  list(folder: string): Promise<readonly string[]> {
    const inside = [...this.content.keys()].filter((path) => dirname(path) === folder);
    return Promise.resolve(inside.map((path) => path.slice(folder.length + 1)).sort());
  }

  makeFolder(): Promise<void> {
    return Promise.resolve();
  }

  #step(whole: () => unknown, half: () => unknown = () => undefined): Promise<void> {
    this.steps += 1;
    if (this.steps > this.#diesAt) return Promise.reject(new PowerLoss('off'));
    if (this.steps === this.#diesAt) {
      half();
      return Promise.reject(new PowerLoss('lost its power'));
    }
    whole();
    return Promise.resolve();
  }
}

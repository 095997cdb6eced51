/**
 * Firmware files that somebody opened with this program: macOS tells them by an event, perhaps before anything is ready
 * for it; the others pass them as arguments.
 */
import { resolve } from 'node:path';
import type { App } from 'electron';

const FIRMWARE_FILE = /\.(dfu|hex)$/i;

/** @param folder what relative paths are relative to */
export function firmwareFiles(args: readonly string[], folder: string): readonly string[] {
  return args
    .filter((arg) => !arg.startsWith('-') && FIRMWARE_FILE.test(arg))
    .map((arg) => resolve(folder, arg));
}

/** Files in the order in which they were opened; kept until somebody takes them. */
export class OpenedFiles {
  #waiting: string[] = [];
  #take: ((path: string) => void) | undefined;

  /** To be made before Electron is ready. */
  constructor(app: App) {
    app.on('open-file', (event, path) => {
      event.preventDefault();
      this.add([path]);
    });
  }

  add(paths: readonly string[]): void {
    if (this.#take) paths.forEach(this.#take);
    else this.#waiting.push(...paths);
  }

  /** From now on, and what waited. */
  takenBy(take: (path: string) => void): void {
    this.#take = take;
    this.#waiting.splice(0).forEach(take);
  }
}

/** A computer made of values: files by their path, links, and what each program prints. */
import type { Computer, Files, Ran, RunOptions } from '../../src-main/diagnostics/host/computer.ts';

export interface FakeComputerOptions {
  readonly platform?: NodeJS.Platform;
  readonly environment?: Readonly<Record<string, string>>;
  /** Text by path. Folders are what their files imply. */
  readonly files?: Readonly<Record<string, string>>;
  /** Target by path. */
  readonly links?: Readonly<Record<string, string>>;
  /** By the program and its arguments, with blanks in between; others are absent. */
  readonly programs?: Readonly<Record<string, string | Ran>>;
}

export class FakeComputer implements Computer {
  readonly platform: NodeJS.Platform;
  readonly environment: Readonly<Record<string, string>>;
  readonly files: Files;
  readonly ran: { readonly line: string; readonly input: string | undefined }[] = [];
  readonly #programs: Readonly<Record<string, string | Ran>>;

  constructor({
    platform = 'linux',
    environment = {},
    files = {},
    links = {},
    programs = {},
  }: FakeComputerOptions = {}) {
    this.platform = platform;
    this.environment = environment;
    this.#programs = programs;
    const paths = [...Object.keys(files), ...Object.keys(links)];
    this.files = {
      read: (path) => Promise.resolve(files[path]),
      link: (path) => Promise.resolve(links[path]),
      exists: (path) => Promise.resolve(path in files),
      list: (folder) => {
        const inside = paths.filter(
          (path) => path.startsWith(`${folder}/`) || path.startsWith(`${folder}\\`),
        );
        const names = inside.map((path) => path.slice(folder.length + 1).split(/[/\\]/)[0] ?? '');
        return Promise.resolve(names.length > 0 ? [...new Set(names)] : undefined);
      },
    };
  }

  run(program: string, args: readonly string[], { input }: RunOptions = {}): Promise<Ran> {
    const line = [program, ...args].join(' ');
    this.ran.push({ line, input });
    const told = this.#programs[line] ?? this.#programs[program];
    if (told === undefined) return Promise.resolve({ kind: 'absent' });
    return Promise.resolve(typeof told === 'string' ? { kind: 'ended', code: 0, out: told, err: '' } : told);
  }
}

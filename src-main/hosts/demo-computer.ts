/**
 * The computer of virtual devices: it tells nothing of sysfs, of drivers and of other programs, because there is none of that.
 * What it can do is what a person may want to try: have the rule installed that lets an account at its devices.
 */
import type { Computer, Files, Ran, RunOptions } from '../diagnostics/host/computer.ts';
import { INSTALL_RULE } from '../diagnostics/host/linux/udev-rule.ts';

const ENDED_WELL: Ran = { kind: 'ended', code: 0, out: '', err: '' };

export class DemoComputer implements Computer {
  readonly platform: NodeJS.Platform;
  readonly environment = { DISPLAY: ':0' };
  readonly files: Files;
  /** What stands in the files of this computer. */
  readonly #written = new Map<string, string>([['/run/udev/control', '']]);

  constructor(platform: NodeJS.Platform) {
    this.platform = platform;
    this.files = {
      read: (path) => Promise.resolve(this.#written.get(path)),
      list: (folder) => {
        const inside = [...this.#written.keys()].filter((path) => path.startsWith(`${folder}/`));
        return Promise.resolve(inside.map((path) => path.slice(folder.length + 1)));
      },
      link: () => Promise.resolve(undefined),
      exists: (path) => Promise.resolve(this.#written.has(path)),
    };
  }

  /** Devices that are plugged in from now on are let in. */
  get hasRule(): boolean {
    return this.#written.has(INSTALL_RULE.at(-1) ?? '');
  }

  run(program: string, args: readonly string[], { input = '' }: RunOptions = {}): Promise<Ran> {
    if (program !== 'pkexec' || this.platform !== 'linux') return Promise.resolve({ kind: 'absent' });
    const target = args.at(-1) ?? '';
    if (args.includes('install')) this.#written.set(target, input);
    return Promise.resolve(ENDED_WELL);
  }
}

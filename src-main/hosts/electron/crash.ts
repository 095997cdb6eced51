/** When the window dies or hangs: updates go on without it, and whoever sits in front of it gets a way out. */
import type { App, BrowserWindow, Dialog } from 'electron';
import { isFailure } from '../../../shared/failure.ts';
import type { ShellLog } from './electron.ts';
import { ask } from './question.ts';
import type { ShellWords } from './words.ts';

export interface CrashOptions {
  readonly app: App;
  readonly dialog: Dialog;
  readonly window: BrowserWindow;
  /** Name of the application. */
  readonly name: string;
  readonly words: () => ShellWords;
  /** Makes the file for support, and asks where to. */
  readonly saveBundle: () => Promise<void>;
  readonly log: ShellLog;
}

export class CrashDialog {
  readonly #options: CrashOptions;
  #asking = false;
  /** We ended its process ourselves, to load it again. */
  #endedByUs = false;

  constructor(options: CrashOptions) {
    this.#options = options;
    const { app, window, log } = options;
    window.webContents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason === 'clean-exit') return;
      log('error', `the window's process is gone: ${reason}, exit code ${exitCode}`);
      this.#gone();
    });
    window.on('unresponsive', () => {
      log('error', 'the window does not respond');
      void this.#offer(() => this.#askUnresponsive());
    });
    app.on('child-process-gone', (_event, { type, reason, exitCode, name }) => {
      if (reason === 'clean-exit') return;
      log('error', `a process is gone: ${name ?? type}, ${reason}, exit code ${exitCode}`);
    });
  }

  #gone(): void {
    if (this.#endedByUs) {
      this.#endedByUs = false;
      this.#options.window.webContents.reload();
    } else {
      void this.#offer(() => this.#askGone());
    }
  }

  async #offer(question: () => Promise<void>): Promise<void> {
    if (this.#asking) return;
    this.#asking = true;
    try {
      await question();
    } finally {
      this.#asking = false;
    }
  }

  async #askGone(): Promise<void> {
    const { app, dialog, window, words, name } = this.#options;
    switch (await ask(dialog, window, words().gone(name))) {
      case 'reload':
        window.webContents.reload();
        return;
      case 'save':
        await this.#save();
        await this.#askGone();
        return;
      case 'quit':
        app.quit();
    }
  }

  async #askUnresponsive(): Promise<void> {
    const { app, dialog, window, words, name } = this.#options;
    // It may come back while the question is shown: nobody has to answer it then.
    const back = new AbortController();
    const takeBack = (): void => {
      back.abort();
    };
    window.once('responsive', takeBack);
    const answer = await ask(dialog, window, words().unresponsive(name), back.signal);
    window.off('responsive', takeBack);
    switch (answer) {
      case 'wait':
        return;
      case 'reload':
        this.#endedByUs = true;
        window.webContents.forcefullyCrashRenderer();
        return;
      case 'save':
        await this.#save();
        await this.#askUnresponsive();
        return;
      case 'quit':
        app.quit();
    }
  }

  /** Made by this side alone: the window is not asked for anything. */
  async #save(): Promise<void> {
    const { dialog, saveBundle, words, log } = this.#options;
    try {
      await saveBundle();
    } catch (error) {
      log('error', `the file for support could not be saved: ${String(error)}`);
      dialog.showErrorBox(words().notSaved, reasonOf(error));
    }
  }
}

function reasonOf(error: unknown): string {
  if (isFailure(error, 'host-file')) return `${error.facts.path}\n${error.facts.detail}`;
  return error instanceof Error ? error.message : String(error);
}

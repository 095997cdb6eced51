/**
 * Closing while a device is being written would leave it half written, which is no damage and still not what anybody
 * wants: whoever closes is told first. When the program ends, what must not be cut off is waited for.
 */
import type { App, BrowserWindow, Dialog, Event, PowerMonitor } from 'electron';
import type { Clock } from '../../../shared/clock.ts';
import type { Services } from '../../services/handlers.ts';
import type { ShellLog } from './electron.ts';
import { ask } from './question.ts';
import type { ShellWords } from './words.ts';

/** Longer than an erase of the largest sector takes. */
const CLOSING_BUDGET_MS = 20_000;

export interface CloseGuardOptions {
  readonly app: App;
  readonly dialog: Dialog;
  readonly powerMonitor: PowerMonitor;
  readonly window: BrowserWindow;
  readonly services: Pick<Services, 'isWriting' | 'close'>;
  readonly clock: Clock;
  readonly question: () => ReturnType<ShellWords['closing']>;
  readonly log: ShellLog;
  /** The last thing before the program ends, when everything is closed. */
  readonly beforeExit: () => Promise<void>;
}

export class CloseGuard {
  readonly #options: CloseGuardOptions;
  #asking = false;
  #agreed = false;
  #ending = false;
  /** Everything is closed: whoever ends the program now may. */
  #closed = false;

  constructor(options: CloseGuardOptions) {
    this.#options = options;
    const { app, window, powerMonitor } = options;
    const hold = (event: Pick<Event, 'preventDefault'>): void => {
      this.#hold(event);
    };
    window.on('close', hold);
    app.on('before-quit', hold);
    // Windows asks each program before it shuts down; macOS quits it like a person would.
    window.on('query-session-end', hold);
    // Linux waits for a few seconds and for no answer. The event is there, though its type leaves it out.
    powerMonitor.on('shutdown', (...[event]: readonly Event[]) => {
      if (!options.services.isWriting()) return;
      event?.preventDefault();
      this.#agreed = true;
      app.quit();
    });
    app.on('window-all-closed', () => {
      app.quit();
    });
    app.on('will-quit', (event) => {
      if (this.#closed) return;
      event.preventDefault();
      void this.#end();
    });
  }

  #hold(event: Pick<Event, 'preventDefault'>): void {
    if (this.#agreed || !this.#options.services.isWriting()) return;
    event.preventDefault();
    if (!this.#asking) void this.#ask();
  }

  async #ask(): Promise<void> {
    const { app, dialog, window, question, log } = this.#options;
    this.#asking = true;
    try {
      if ((await ask(dialog, window, question())) === 'stay') return;
      log('warn', 'closed while a device was being written');
      this.#agreed = true;
      app.quit();
    } finally {
      this.#asking = false;
    }
  }

  /** Quitting comes here once the windows are closed, and again from each further attempt. */
  async #end(): Promise<void> {
    if (this.#ending) return;
    this.#ending = true;
    const { app, services, clock, log, beforeExit } = this.#options;
    try {
      await Promise.race([services.close(), clock.sleep(CLOSING_BUDGET_MS)]);
    } catch (error) {
      log('error', `the devices could not be closed: ${String(error)}`);
    }
    this.#closed = true;
    await beforeExit();
    app.exit();
  }
}

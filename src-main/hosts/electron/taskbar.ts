/** How far the updates are, on the icon in the taskbar or dock, and that somebody should look here. */
import type { BrowserWindow, ProgressBarOptions } from 'electron';
import { isOver } from '../../../shared/job-advance.ts';
import type { Job } from '../../../shared/job.ts';
import { isAtWork } from './jobs.ts';

export interface TaskbarProgress {
  /** Of all jobs that are not over, 0 … 1. */
  readonly fraction: number;
  /** Drawn on Windows only. */
  readonly mode: ProgressBarOptions['mode'];
}

/** Electron takes the bar away for a negative number. */
const NO_BAR: TaskbarProgress = { fraction: -1, mode: 'none' };

export function taskbarProgress(jobs: readonly Job[]): TaskbarProgress {
  const open = jobs.filter((job) => !isOver(job));
  if (open.length === 0) return NO_BAR;
  const fraction = open.reduce((sum, job) => sum + job.fraction, 0) / open.length;
  return { fraction, mode: open.some(isAtWork) ? 'normal' : 'paused' };
}

/** Shows the jobs on this window's icon. */
export class Taskbar {
  readonly #window: BrowserWindow;
  #atWork: ReadonlySet<string> = new Set();

  constructor(window: BrowserWindow) {
    this.#window = window;
  }

  show(jobs: readonly Job[]): void {
    if (this.#window.isDestroyed()) return;
    const { fraction, mode } = taskbarProgress(jobs);
    this.#window.setProgressBar(fraction, { mode });
    const atWork = new Set(jobs.filter(isAtWork).map(({ id }) => id));
    const stopped = jobs.some(({ id }) => this.#atWork.has(id) && !atWork.has(id));
    this.#atWork = atWork;
    // It ended, or waits for a hand: whoever went elsewhere meanwhile wants to know.
    if (stopped && !this.#window.isFocused()) this.#window.flashFrame(true);
  }
}

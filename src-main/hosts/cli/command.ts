/** What a command is to the program: how it is started, and how it answers. */
import type { Command } from 'commander';
import type { ExitCode } from './exit-code.ts';
import type { Run } from './run.ts';
import type { Undertaking } from './words/condition.ts';

export interface CommandManner {
  /** What --json makes: one document, or a line for each event. */
  readonly json: 'document' | 'lines';
  readonly undertaking: Undertaking;
}

/** Gives a command its run: options, reporter, devices, cancellation; and ends it properly whatever happens. */
export type Start = (
  command: Command,
  manner: CommandManner,
  work: (run: Run) => Promise<ExitCode>,
) => Promise<void>;

export const LOOKING: CommandManner = { json: 'document', undertaking: 'looking' };
export const READING: CommandManner = { json: 'lines', undertaking: 'looking' };

/** From a command line to an exit code. Whatever happens is told once, and the terminal is given back as it was found. */
import { join } from 'node:path';
import { CommanderError, type Command } from 'commander';
import { StepwiseError, toFailure } from '../../../shared/failure.ts';
import { LOGS_FOLDER } from '../../services/about.ts';
import { Log } from '../../log/log.ts';
import { openLogFiles } from '../../log/log-files.ts';
import { markRun, uncleanEndWords } from '../../log/run-marker.ts';
import { Cancellation } from './cancellation.ts';
import type { CommandManner, Start } from './command.ts';
import { exitCodeOf, ExitCode } from './exit-code.ts';
import { JsonReporter } from './json-reporter.ts';
import { LoggedReporter } from './logged-reporter.ts';
import type { CommonOptions } from './options.ts';
import { createProgram } from './program.ts';
import { replayed } from './replay-run.ts';
import type { Reporter } from './reporter.ts';
import { Run } from './run.ts';
import { stateFolder } from './state-folder.ts';
import type { Surroundings } from './surroundings.ts';
import { TextReporter } from './text-reporter.ts';
import { pluggedIn } from './welcome.ts';
import { conditionWords, stoppingWords } from './words/condition.ts';
import { wordsContext } from './words/failures.ts';

/** @param args without the name of the program. Never throws. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  let exitCode: ExitCode = ExitCode.ok;
  const start: Start = async (command, manner, work) => {
    exitCode = await started(surroundings, command, manner, work);
  };
  const program = createProgram(surroundings, start, async (replay) => {
    exitCode = await replayed(replay, surroundings, main);
  });
  if (args.length === 0) {
    program.outputHelp();
    surroundings.terminal.out.write(`\n${await pluggedIn(surroundings)}\n`);
    return ExitCode.ok;
  }
  try {
    const isVersion = args.length === 1 && args[0] === '--version';
    await program.parseAsync(isVersion ? ['-V'] : [...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return ExitCode.ok;
    return misunderstood(error, args, surroundings);
  }
}

async function started(
  surroundings: Surroundings,
  command: Command,
  manner: CommandManner,
  work: (run: Run) => Promise<ExitCode>,
): Promise<ExitCode> {
  const options = command.optsWithGlobals<CommonOptions>();
  const log = new Log({ today: surroundings.today });
  const reporter = new LoggedReporter(reporterFor(surroundings, options, manner), log);
  const state = stateFolder(surroundings);
  const files = openLogFiles(log, join(state, LOGS_FOLDER), {
    name: LOG_NAME,
    report: ({ message }) => reporter.remark(`What happens cannot be kept in the log: ${message}.`),
  });
  log.write('info', 'cli', `stepwise ${surroundings.version}: ${nameOf(command)}`);
  const { version, today } = surroundings;
  const marker = markRun({ folder: state, program: `command-line: ${nameOf(command)}`, version, today });
  for (const end of marker.uncleanEnds) {
    log.write('error', 'program', `unclean-end: ${uncleanEndWords(end)}`);
    reporter.remark(`${uncleanEndWords(end)}. \`stepwise bundle\` puts what support needs into one file.`);
  }
  const cancellation = new Cancellation(surroundings.terminal, {
    first: () => {
      if (!run.isWorking) return;
      const state = stoppingWords(run.condition);
      reporter.remark(`Stopping after the current block. ${state} Ctrl-C again stops at once.`);
    },
    second: () => {
      reporter.rest();
      reporter.remark(`Stopped. ${conditionWords(run.condition, manner.undertaking)}`);
      try {
        run.saveNow();
      } finally {
        marker.end();
        surroundings.terminal.exit(ExitCode.interrupted);
      }
    },
  });
  const run = new Run(surroundings, options, reporter, cancellation.signal);
  try {
    checkTogether(options);
    return await work(run);
  } catch (error) {
    const failure = toFailure(error);
    reporter.failure(failure);
    return exitCodeOf(failure.code);
  } finally {
    reporter.rest();
    await run.close();
    cancellation.dispose();
    files.close();
    marker.end();
  }
}

/** In the folder of the desktop app's logs, beside them. */
const LOG_NAME = 'command-line';

/** `repo sign`: what is given to it may be nobody's business. */
function nameOf(command: Command): string {
  const names = [command.name()];
  for (let at = command.parent; at?.parent; at = at.parent) names.unshift(at.name());
  return names.join(' ');
}

function reporterFor(surroundings: Surroundings, options: CommonOptions, manner: CommandManner): Reporter {
  const context = wordsContext(surroundings);
  if (options.json) return new JsonReporter(surroundings.terminal, manner.json, context);
  const { undertaking } = manner;
  return new TextReporter(surroundings, { verbose: options.verbose ?? false, undertaking, context });
}

/** @throws usage for options that contradict each other */
function checkTogether(options: CommonOptions): void {
  const { device, all, virtual, virtualFault, virtualFlash, virtualSpeed } = options;
  if (device !== undefined && all)
    throw new StepwiseError('usage', { problem: '--device means one device, --all means all of them.' });
  if (!virtual && [virtualFault, virtualFlash, virtualSpeed].some((option) => option !== undefined))
    throw new StepwiseError('usage', {
      problem: '--virtual-fault, --virtual-flash and --virtual-speed belong to --virtual NAME.',
    });
}

function misunderstood(error: unknown, args: readonly string[], surroundings: Surroundings): ExitCode {
  const failure = toFailure(error instanceof CommanderError ? usage(error) : error);
  const ownArgs = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const options = { json: ownArgs.includes('--json') };
  const reporter = reporterFor(surroundings, options, { json: 'document', undertaking: 'looking' });
  reporter.failure(failure);
  return exitCodeOf(failure.code);
}

function usage(error: CommanderError): StepwiseError {
  const problem =
    error.code === 'commander.help'
      ? 'There is no command in it'
      : error.message.replace(/^error: /, '').replace(/\n\((.*)\)$/, '. $1');
  return new StepwiseError('usage', { problem }, { cause: error });
}

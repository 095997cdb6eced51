/** The world of a replayed command: its bus is the recording, its time the recording's, its memory empty. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StepwiseError } from '../../../shared/failure.ts';
import { ReplayBus } from '../../usb/replay.ts';
import { VirtualClock } from '../../virtual/clocks.ts';
import { ExitCode } from './exit-code.ts';
import type { Surroundings } from './surroundings.ts';

const FROM_ELSEWHERE = ['--virtual', '--record', 'demo', 'replay'];

/**
 * @param main runs a command line
 * @returns the exit code of the command, or that of a recording that was not followed to its end
 * @throws usage, bad-file, replay-deviation
 */
export async function replayed(
  file: string,
  args: readonly string[],
  surroundings: Surroundings,
  main: (args: readonly string[], surroundings: Surroundings) => Promise<ExitCode>,
): Promise<ExitCode> {
  if (args.length === 0)
    throw new StepwiseError('usage', {
      problem: 'Say what to run against the recording: stepwise replay FILE -- info',
    });
  const wrong = args.find((arg) => FROM_ELSEWHERE.includes(arg));
  if (wrong !== undefined)
    throw new StepwiseError('usage', { problem: `${wrong} has no place in a replay.` });

  const clock = new VirtualClock();
  const bus = new ReplayBus(await recordingText(file), clock);
  const state = mkdtempSync(join(tmpdir(), 'stepwise-replay-'));
  try {
    const exitCode = await main(args, {
      ...surroundings,
      clock,
      environment: { ...surroundings.environment, STEPWISE_STATE: state },
      openBus: () => Promise.resolve(bus),
    });
    return usedUp(bus, exitCode, surroundings);
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

function usedUp(bus: ReplayBus, exitCode: ExitCode, { terminal }: Surroundings): ExitCode {
  try {
    bus.finish();
  } catch (error) {
    // A command that ended in the deviation has told of it.
    if (exitCode !== ExitCode.differs) throw error;
    terminal.err.write('The recording was not used to its end.\n');
    return exitCode;
  }
  terminal.err.write('The recording was used to its end, and every request was the one recorded.\n');
  return exitCode;
}

async function recordingText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new StepwiseError('host-file', { path: file, operation: 'read', detail }, { cause: error });
  }
}

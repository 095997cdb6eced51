/** The world of a replayed command: its bus is the recording, its time the recording's, its memory empty. */
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StepwiseError, toFailure } from '../../../shared/failure.ts';
import { knownMemory } from '../../dfuse/known-memory.ts';
import type { FirmwareImage } from '../../firmware/image.ts';
import { ReplayBus } from '../../usb/replay.ts';
import { VirtualClock } from '../../virtual/clocks.ts';
import { DemoComputer } from '../demo-computer.ts';
import { exitCodeOf, type ExitCode } from './exit-code.ts';
import { readFirmware } from './firmware-file.ts';
import { testPlace, writeRecordedTest } from './recorded-test.ts';
import type { Surroundings } from './surroundings.ts';

const FROM_ELSEWHERE = ['--virtual', '--record', 'demo', 'replay'];

export interface ReplayRun {
  /** The recording. */
  readonly file: string;
  /** The command line to be run against it. */
  readonly args: readonly string[];
  /** Files of what may have been on the device, for what the recording has only hashes of. */
  readonly images: readonly string[];
  /** Where it is to become a test, when it was followed to its end. */
  readonly toTest?: string;
}

/**
 * @param main runs a command line
 * @returns the exit code of the command, or that of a recording that was not followed to its end
 * @throws usage, bad-file, replay-deviation, replay-withheld
 */
export async function replayed(
  run: ReplayRun,
  surroundings: Surroundings,
  main: (args: readonly string[], surroundings: Surroundings) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { file, args, images } = run;
  const test = run.toTest === undefined ? undefined : await testPlace(run.toTest);
  const wrong = args.find((arg) => FROM_ELSEWHERE.includes(arg));
  if (wrong !== undefined)
    throw new StepwiseError('usage', { problem: `${wrong} has no place in a replay.` });

  const clock = new VirtualClock();
  const known = [...(await Promise.all(images.map(imageIn))), ...(await imagesAmong(args))];
  const bus = new ReplayBus(await recordingText(file), { clock, memory: () => knownMemory(known) });
  const state = mkdtempSync(join(tmpdir(), 'stepwise-replay-'));
  try {
    const exitCode = await main(args, {
      ...surroundings,
      clock,
      computer: new DemoComputer(surroundings.platform),
      environment: { ...surroundings.environment, STEPWISE_STATE: state },
      openBus: () => Promise.resolve(bus),
    });
    if (isUsedUp(bus, exitCode, surroundings) && test) {
      await writeRecordedTest(test, run, exitCode);
      surroundings.terminal.err.write(`It is a test now: ${test.out}\n`);
    }
    return exitCode;
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

/** @returns false where the command has told how it was not */
function isUsedUp(bus: ReplayBus, exitCode: ExitCode, { terminal }: Surroundings): boolean {
  try {
    bus.finish();
  } catch (error) {
    // A command that ended in the deviation has told of it.
    if (exitCode !== exitCodeOf(toFailure(error).code)) throw error;
    terminal.err.write('The recording was not used to its end.\n');
    return false;
  }
  const cut = bus.cutOff === undefined ? '' : ` It is cut off in line ${bus.cutOff}.`;
  terminal.err.write(`The recording was used to its end, and every request was the one recorded.${cut}\n`);
  return true;
}

async function imageIn(path: string): Promise<FirmwareImage> {
  return (await readFirmware(path, {})).image;
}

/** The firmware a command is given is as good as any: what it has written, it reads back. */
async function imagesAmong(args: readonly string[]): Promise<readonly FirmwareImage[]> {
  const images: FirmwareImage[] = [];
  for (const arg of args) {
    try {
      images.push(await imageIn(arg));
    } catch {
      // A word of the command, or a file that is no firmware: the command itself will say so.
    }
  }
  return images;
}

async function recordingText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new StepwiseError('host-file', { path: file, operation: 'read', detail }, { cause: error });
  }
}

/** `stepwise read --out FILE`: what is in flash, as a file. */
import { parse, format } from 'node:path';
import { Option, type Command } from 'commander';
import { describeRange, rangeLength, type AddressRange } from '../../../../shared/address.ts';
import { StepwiseError } from '../../../../shared/failure.ts';
import { erasedValueOf } from '../../../flash/target.ts';
import { withDevice, type Connected } from '../../../update/connect.ts';
import { readMemory, wholeFlash } from '../../../update/read-job.ts';
import { parseRange } from '../arguments.ts';
import { READING, type Start } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import { expectWritable, outputFormat, writeFirmware } from '../output-file.ts';
import { byteCount } from '../quantities.ts';
import type { Told } from '../reporter.ts';
import type { DeviceRun, Run } from '../run.ts';
import { examples } from './examples.ts';

interface ReadOptions {
  readonly out: string;
  readonly range?: AddressRange;
}

export function addRead(program: Command, start: Start): void {
  program
    .command('read')
    .summary('copy flash into a file')
    .description('Reads flash into a file: .bin, .hex or .dfu, as its name says. Nothing is changed.')
    .requiredOption('-o, --out <file>', 'the file to write')
    .addOption(
      new Option('--range <range>', 'START:LENGTH or FIRST-LAST (all of flash)').argParser(parseRange),
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise read --out backup.bin', 'everything'],
        ['stepwise read --out head.hex --range 0x08000000:128K', 'the first 128 KB'],
        ['stepwise read --out board.bin --all', 'one file for each device: board-1-2.bin, …'],
      ]),
    )
    .action((options: ReadOptions, command: Command) =>
      start(command, READING, (run) => readFlash(run, options)),
    );
}

async function readFlash(run: Run, options: ReadOptions): Promise<ExitCode> {
  outputFormat(options.out);
  const devices = await run.devices();
  const files = new Map(
    devices.map(({ path }) => [path, devices.length === 1 ? options.out : numbered(options.out, path)]),
  );
  for (const file of files.values()) await expectWritable(run, file);
  return run.perform(devices, (each) =>
    readDevice(each, files.get(each.device.path) ?? options.out, options.range),
  );
}

function readDevice(
  { device, connect, job }: DeviceRun,
  file: string,
  wanted: AddressRange | undefined,
): Promise<Told> {
  return withDevice(device, connect, async (connected) => {
    const range = wanted ?? flashOf(connected);
    const image = await readMemory(connected, range, job);
    const size = await writeFirmware(file, image, { fill: erasedValueOf(connected.target) });
    return {
      lines: [`${byteCount(rangeLength(range))} read from ${describeRange(range)}.`, `They are in ${file}.`],
      facts: { file, fileSize: size, range },
    };
  });
}

function flashOf(connected: Connected): AddressRange {
  const range = wholeFlash(connected);
  if (!range) throw new StepwiseError('no-flash-layout', { strings: connected.device.identity.layouts });
  return range;
}

/** `board.bin` at 1-2.4 becomes `board-1-2.4.bin`. */
function numbered(file: string, path: string): string {
  const { dir, name, ext } = parse(file);
  return format({ dir, name: `${name}-${path}`, ext });
}

/** `stepwise verify FILE`: does the device hold this image? */
import type { Command } from 'commander';
import { describeRange, type AddressRange } from '../../../../shared/address.ts';
import { compareImage, type Comparison } from '../../../update/compare-job.ts';
import { withDevice } from '../../../update/connect.ts';
import { READING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { firmwareFacts, firmwareLines, readFirmware } from '../firmware-file.ts';
import { addAddressOption, type FirmwareOptions } from '../options.ts';
import { byteCount, counted, duration, grouped } from '../quantities.ts';
import type { Told } from '../reporter.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';

export function addVerify(program: Command, start: Start): void {
  addAddressOption(program.command('verify <file>'))
    .summary('compare the device with a firmware file')
    .description(
      'Reads back what a firmware file describes and compares it byte for byte. Nothing is changed.',
    )
    .addHelpText('after', examples([['stepwise verify app.dfu', 'exit code 0 if equal, 7 if not']]))
    .action((file: string, options: FirmwareOptions, command: Command) =>
      start(command, READING, (run) => verifyFile(run, file, options)),
    );
}

async function verifyFile(run: Run, file: string, options: FirmwareOptions): Promise<ExitCode> {
  const firmware = await readFirmware(file, options);
  const devices = await run.devices();
  run.reporter.say(fieldLines([['Image', firmwareLines(firmware)]], run.reporter.width));
  run.reporter.event('image', firmwareFacts(firmware));
  return run.perform(devices, ({ device, connect, job }) =>
    withDevice(device, connect, async (connected) =>
      told(await compareImage(connected, firmware.image, job)),
    ),
  );
}

const SHOWN = 8;

function told(comparison: Comparison): Told {
  const { compared, differing, differences, elapsed } = comparison;
  const facts = { equal: differing === 0, ...comparison };
  if (differing === 0) {
    const lines = [
      `The device holds this image: ${byteCount(compared)} read back and equal, in ${duration(elapsed)}.`,
    ];
    return { lines, facts };
  }
  const places = joined(differences);
  const more = places.length - SHOWN;
  const lines = [
    `The device does not hold this image: ${grouped(differing)} of ${byteCount(compared)} differ.`,
    ...places.slice(0, SHOWN).map((range) => describeRange(range)),
    ...(more > 0 ? [`and ${counted(more, 'more place', 'more places')}.`] : []),
    'Nothing was changed on the device.',
  ];
  return { lines, facts, exitCode: ExitCode.differs };
}

/** Blocks are compared one by one; neighbours make one place. */
function joined(ranges: readonly AddressRange[]): AddressRange[] {
  const places: AddressRange[] = [];
  for (const range of ranges) {
    const last = places.at(-1);
    if (last?.end === range.start) places[places.length - 1] = { start: last.start, end: range.end };
    else places.push(range);
  }
  return places;
}

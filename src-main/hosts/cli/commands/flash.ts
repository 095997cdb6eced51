/** `stepwise flash FILE`: the update. */
import type { Command } from 'commander';
import { DEFAULT_POLICY } from '../../../flash/plan.ts';
import type { CommandManner, Start } from '../command.ts';
import { Assent, confirmed, expectAnswer } from '../confirm.ts';
import type { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { firmwareFacts, firmwareLines, readFirmware } from '../firmware-file.ts';
import { flashDevice } from '../flash-work.ts';
import { addPolicyOptions, policyOf, type PolicyOptions } from '../options.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';

const MANNER: CommandManner = { json: 'lines', undertaking: 'update' };

interface FlashOptions extends PolicyOptions {
  readonly leave?: boolean;
  readonly forget?: boolean;
}

export function addFlash(program: Command, start: Start): void {
  addPolicyOptions(program.command('flash <file>'))
    .summary('write a firmware file, and prove that it is there')
    .description(
      'Writes a firmware file into the flash of a device and proves it by reading everything back. Sectors that hold the ' +
        'image already are left alone, and what lies beside the image in a sector is kept. An update that was interrupted ' +
        'is continued by the same command.',
    )
    .option('--leave', 'start the application afterwards')
    .option('--forget', 'do not continue an interrupted update: drop what it had saved')
    .addHelpText(
      'after',
      examples([
        ['stepwise flash app.dfu', 'asks before it writes'],
        ['stepwise flash app.bin --address 0x08020000 --yes', 'a raw file behind a bootloader'],
        ['stepwise flash app.hex --all --yes --json', 'a whole bench, for a script'],
      ]),
    )
    .action((file: string, options: FlashOptions, command: Command) =>
      start(command, MANNER, (run) => flashFile(run, file, options)),
    );
}

async function flashFile(run: Run, file: string, options: FlashOptions): Promise<ExitCode> {
  expectAnswer(run);
  const firmware = await readFirmware(file, options);
  const devices = await run.devices();
  run.reporter.say(fieldLines([['Image', firmwareLines(firmware)]], run.reporter.width));
  run.reporter.event('image', firmwareFacts(firmware));
  const work = {
    firmware,
    policy: { ...DEFAULT_POLICY, ...policyOf(options) },
    forget: options.forget ?? false,
    then: options.leave ? ('leave' as const) : ('start-by-hand' as const),
    assent: new Assent(devices.length, () => confirmed(run, 'Go on?')),
  };
  return run.perform(devices, (each) => flashDevice(run, each, work));
}

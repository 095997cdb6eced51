/** `stepwise convert IN OUT`: the same image in another format. No device. */
import type { Command } from 'commander';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { firmwareFacts, firmwareLines, readFirmware } from '../firmware-file.ts';
import { addAddressOption, type FirmwareOptions } from '../options.ts';
import { expectWritable, outputFormat, writeFirmware } from '../output-file.ts';
import { byteCount } from '../quantities.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';

const ERASED = 0xff;

export function addConvert(program: Command, start: Start): void {
  addAddressOption(program.command('convert <in> <out>'))
    .summary('write a firmware file in another format')
    .description(
      'Reads a firmware file (.dfu, .hex, .s19, .elf, .bin) and writes it as .bin, .hex or .dfu. A .bin has no room for ' +
        'addresses: it begins at the first byte of the image, and gaps are filled with 0xFF.',
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise convert app.elf app.dfu', ''],
        ['stepwise convert app.bin app.hex --address 0x08020000', ''],
      ]),
    )
    .action((from: string, to: string, options: FirmwareOptions, command: Command) =>
      start(command, LOOKING, (run) => convertFile(run, from, to, options)),
    );
}

async function convertFile(run: Run, from: string, to: string, options: FirmwareOptions): Promise<ExitCode> {
  const format = outputFormat(to);
  const firmware = await readFirmware(from, options);
  await expectWritable(run, to);
  const { image } = firmware;
  const size = await writeFirmware(to, image, { fill: ERASED });
  const left = format === 'dfu' ? [] : image.otherTargets;
  const filled = format === 'bin' ? size - image.size : 0;
  run.reporter.say([
    ...fieldLines([['Image', firmwareLines(firmware)]], run.reporter.width),
    `✓ Written to ${to}: ${byteCount(size)}.`,
    ...(filled > 0 ? [`  ${byteCount(filled)} of them fill gaps, with 0xFF.`] : []),
    ...left.map(
      ({ alternate, name = 'no name' }) => `  Left out: data for alternate setting ${alternate} (${name}).`,
    ),
  ]);
  run.reporter.document({
    image: firmwareFacts(firmware),
    file: to,
    format,
    fileSize: size,
    filled,
    leftOut: left.map(({ alternate, name }) => ({ alternate, name: name ?? null })),
  });
  return ExitCode.ok;
}

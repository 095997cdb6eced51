/** `stepwise virtual`: the virtual devices there are. */
import type { Command } from 'commander';
import { virtualDevices } from '../../../virtual/catalogue/index.ts';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';

export function addVirtual(program: Command, start: Start): void {
  program
    .command('virtual')
    .summary('list the virtual devices')
    .description(
      'Lists the virtual devices. Each is a bootloader with the manners of a real one, its defects included, and can be used ' +
        'with --virtual wherever a device can.',
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise info --virtual f405', 'look at one'],
        ['stepwise flash app.hex --virtual f405 --virtual-speed 1', 'as slow as in life'],
        ['stepwise flash app.hex --virtual f405 --virtual-flash f405.bin', 'its flash is kept in a file'],
      ]),
    )
    .action((_options: unknown, command: Command) =>
      start(command, LOOKING, (run) => Promise.resolve(listVirtual(run))),
    );
}

function listVirtual(run: Run): ExitCode {
  const all = [...virtualDevices.values()];
  run.reporter.say(
    fieldLines(
      all.map(({ name, description }) => [name, [description]]),
      run.reporter.width,
    ),
  );
  run.reporter.document({ virtualDevices: all.map(({ name, description }) => ({ name, description })) });
  return ExitCode.ok;
}

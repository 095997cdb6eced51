/** `stepwise virtual`: the virtual devices there are, and what can go wrong with them. */
import type { Command } from 'commander';
import { virtualDevices } from '../../../virtual/catalogue/index.ts';
import { hostFaults, namedFaults } from '../../../virtual/named-faults.ts';
import { LOOKING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import { addVirtualServe } from './virtual-serve.ts';

export function addVirtual(program: Command, start: Start): void {
  const virtual = program
    .command('virtual')
    .summary('list the virtual devices, or serve them to other programs')
    .description(
      'Lists the virtual devices. Each is a bootloader with the manners of a real one, its defects included, and can be used ' +
        'with --virtual wherever a device can, or be served to other programs.',
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise info --virtual f405', 'look at one'],
        ['stepwise flash app.hex --virtual f405 --virtual-speed 1', 'as slow as in life'],
        ['stepwise flash app.hex --virtual f405 --virtual-flash f405.bin', 'its flash is kept in a file'],
        ['stepwise virtual serve f405', 'as a USB device for any program (Linux)'],
      ]),
    )
    .action((_options: unknown, command: Command) =>
      start(command, LOOKING, (run) => Promise.resolve(listVirtual(run))),
    );
  addVirtualServe(virtual, start);
}

function listVirtual(run: Run): ExitCode {
  const devices = listed(virtualDevices);
  const faults = listed(namedFaults);
  const ofComputer = listed(hostFaults);
  const lines = (all: typeof devices) =>
    fieldLines(
      all.map(({ name, description }) => [name, [description]]),
      run.reporter.width,
    );
  run.reporter.say([
    ...lines(devices),
    '',
    '# For `--virtual-fault`, and for `virtual serve --fault`',
    ...lines(faults),
    '',
    '# For `--virtual-fault` alone',
    ...lines(ofComputer),
  ]);
  run.reporter.document({ virtualDevices: devices, faults, hostFaults: ofComputer });
  return ExitCode.ok;
}

function listed(all: ReadonlyMap<string, { readonly name: string; readonly description: string }>) {
  return [...all.values()].map(({ name, description }) => ({ name, description }));
}

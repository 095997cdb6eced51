/** `stepwise enter-bootloader`: from the application into the bootloader, where the application offers it. */
import type { Command } from 'commander';
import { StepwiseError } from '../../../../shared/failure.ts';
import { enterBootloader } from '../../../devices/enter-bootloader.ts';
import { formatUsbId } from '../choose-devices.ts';
import { READING, type Start } from '../command.ts';
import type { ExitCode } from '../exit-code.ts';
import type { Told } from '../reporter.ts';
import type { DeviceRun, Run } from '../run.ts';
import { examples } from './examples.ts';

export function addEnterBootloader(program: Command, start: Start): void {
  program
    .command('enter-bootloader')
    .summary('send a running application to its bootloader')
    .description(
      'Tells an application to start the bootloader, where it offers a DFU interface for that, and waits for it to appear. ' +
        'Name the device by its port, or by the USB ID of its application.',
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise devices --every', 'find the port'],
        ['stepwise enter-bootloader --device 1-2', 'the device there'],
        ['stepwise enter-bootloader --usb 1209:0001', 'by the USB ID of its application'],
      ]),
    )
    .action((_options: unknown, command: Command) =>
      start(command, READING, async (run): Promise<ExitCode> =>
        run.perform(await run.devices(), (each) => enter(run, each)),
      ),
    );
}

async function enter(run: Run, { device, job }: DeviceRun): Promise<Told> {
  const { bus, clock } = await run.usb();
  job.listener({ type: 'phase', phase: 'enter-bootloader' });
  try {
    const back = await enterBootloader(bus, clock, device);
    const was = back === device ? 'is in its bootloader already' : 'is in its bootloader now';
    const lines = [`The device at ${back.path} ${was}: USB ${formatUsbId(back.identity)}.`];
    return { lines, facts: { path: back.path, usb: formatUsbId(back.identity), entered: back !== device } };
  } catch (error) {
    throw error instanceof StepwiseError ? error.with({ phase: 'enter-bootloader' }) : error;
  }
}

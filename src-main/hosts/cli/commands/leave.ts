/** `stepwise leave`: starts the application, and tells what was seen of that. */
import { Option, type Command } from 'commander';
import { FLASH_START } from '../../../dfuse/layout.ts';
import { withDevice } from '../../../update/connect.ts';
import { leaveBootloader } from '../../../update/leave-job.ts';
import { parseAddress } from '../arguments.ts';
import { READING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import type { Told } from '../reporter.ts';
import type { DeviceRun, Run } from '../run.ts';
import { departureWords } from '../words/departure.ts';
import { examples } from './examples.ts';

interface LeaveOptions {
  readonly address?: number;
}

export function addLeave(program: Command, start: Start): void {
  program
    .command('leave')
    .summary('start the application')
    .description(
      'Tells the bootloader to start the application. Whether that works depends on the chip; the sure way is to unplug the ' +
        'device, to set BOOT0 back, and to plug it in.',
    )
    .addOption(
      new Option('--address <address>', 'where its vector table is (0x08000000)').argParser(parseAddress),
    )
    .addHelpText('after', examples([['stepwise leave', 'the application at the start of flash']]))
    .action((options: LeaveOptions, command: Command) =>
      start(command, READING, async (run): Promise<ExitCode> =>
        run.perform(await run.devices(), (each) => leave(run, each, options)),
      ),
    );
}

async function leave(
  run: Run,
  { device, connect, job }: DeviceRun,
  { address = FLASH_START }: LeaveOptions,
): Promise<Told> {
  const { bus } = await run.usb();
  return withDevice(device, connect, async (connected) => {
    const departure = await leaveBootloader(connected, bus, job, address);
    return {
      lines: [departureWords(departure)],
      facts: { ...departure },
      exitCode: departure.left ? ExitCode.ok : ExitCode.deviceFailure,
    };
  });
}

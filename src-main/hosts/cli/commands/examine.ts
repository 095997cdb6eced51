/** `stepwise option-bytes`, `test-link` and `test-sector`: what the screens of diagnostics can find out, from a terminal. */
import type { Command } from 'commander';
import { hex } from '../../../../shared/address.ts';
import { identify } from '../../../devices/identify.ts';
import { withDevice } from '../../../update/connect.ts';
import { measureLink } from '../../../update/link-job.ts';
import { possibleFamilies, readOptionBytes } from '../../../update/options-job.ts';
import { TEST_ONE_SECTOR, testSector } from '../../../update/sector-test-job.ts';
import { READING, type CommandManner, type Start } from '../command.ts';
import { confirmed, expectAnswer, expectConsent } from '../confirm.ts';
import type { ExitCode } from '../exit-code.ts';
import { fieldLines, type Field } from '../fields.ts';
import { duration, grouped, kilobytes, rate } from '../quantities.ts';
import type { Run } from '../run.ts';

const TESTING: CommandManner = { json: 'lines', undertaking: 'erase' };

export function addOptionBytes(program: Command, start: Start): void {
  program
    .command('option-bytes')
    .summary('how the chip is set up')
    .description(
      'Reads the option bytes as far as the bootloader shows them: protection, banks, where the chip starts; and which of ' +
        'them stand in the way of an update. Nothing is changed.',
    )
    .action((_options: unknown, command: Command) => start(command, READING, showOptionBytes));
}

async function showOptionBytes(run: Run): Promise<ExitCode> {
  return run.perform(await run.devices(), async ({ device, connect }) => {
    const { identity, loader } = await identify(device, connect.clock);
    await loader.device.close();
    const blocks = await readOptionBytes(device, connect.clock, possibleFamilies(identity));
    const opinions = { fine: '', watch: ' (worth knowing)', prevents: ' (stands in the way of an update)' };
    const fields = blocks.flatMap(({ address, raw, fields: named, source }): readonly Field[] => [
      [hex(address), [raw.replaceAll(/(.{8})(?!$)/g, '$1 ')]],
      ...named.map(({ name, value, opinion }): Field => [name, [`${value}${opinions[opinion]}`]]),
      ...(source === undefined ? [] : [['Source', [source]] as const]),
    ]);
    return { lines: fieldLines(fields, run.reporter.width), facts: { blocks } };
  });
}

export function addTestLink(program: Command, start: Start): void {
  program
    .command('test-link')
    .summary('how well cable and port carry requests')
    .description(
      'Reads flash for two seconds, times each request and counts what goes wrong. Nothing is changed.',
    )
    .action((_options: unknown, command: Command) => start(command, READING, testLink));
}

async function testLink(run: Run): Promise<ExitCode> {
  return run.perform(await run.devices(), ({ device, connect, job }) =>
    withDevice(device, connect, async (connected) => {
      const quality = await measureLink(connected, job, () => undefined);
      const { requests, errors, rate: speed, median, slowest, poll } = quality;
      const lines = fieldLines(
        [
          ['Requests', [`${grouped(requests)}, ${errors === 0 ? 'none' : grouped(errors)} went wrong`]],
          ['Reading', [rate(speed)]],
          ['Request', [`${duration(median)} as a rule, ${duration(slowest)} at most`]],
          [
            'Command',
            poll ? [`${duration(poll.took)}; the bootloader asks for ${duration(poll.asked)}`] : [],
          ],
        ],
        run.reporter.width,
      );
      return { lines, facts: { ...quality } };
    }),
  );
}

export function addTestSector(program: Command, start: Start): void {
  program
    .command('test-sector')
    .summary('write one unused sector, and leave it blank')
    .description(
      'Erases, writes and reads one sector that is blank, and erases it again: whether that works on this device, and how ' +
        'fast. What is in use is not touched.',
    )
    .action((_options: unknown, command: Command) => start(command, TESTING, testOneSector));
}

async function testOneSector(run: Run): Promise<ExitCode> {
  expectAnswer(run);
  const devices = await run.devices();
  run.reporter.say(['One sector that is blank is erased, written, read and left blank again.', '']);
  expectConsent(await confirmed(run, 'Test it?'));
  return run.perform(devices, ({ device, connect, job }) =>
    withDevice(device, connect, async (connected) => {
      const result = await testSector(connected, TEST_ONE_SECTOR, job, () => undefined);
      const { address, size, erase, write, read } = result;
      const lines = [
        `The sector at ${hex(address)}, ${kilobytes(size)}, was erased in ${duration(erase)}, written at ${rate(write)}, ` +
          `read at ${rate(read)}, and is blank again.`,
      ];
      return { lines, facts: { ...result } };
    }),
  );
}

/** `stepwise erase`: chosen sectors, and the proof that they are blank. */
import { Option, type Command } from 'commander';
import { describeRange, hex, type AddressRange } from '../../../../shared/address.ts';
import { StepwiseError } from '../../../../shared/failure.ts';
import { eraseTime } from '../../../flash/estimate.ts';
import { checkErasable } from '../../../flash/plan.ts';
import { rangeOf, type FlashSector, type FlashTarget } from '../../../flash/target.ts';
import { withDevice, type Connected } from '../../../update/connect.ts';
import { eraseSectors, sectorsIn } from '../../../update/erase-job.ts';
import { parseRange, parseSectors } from '../arguments.ts';
import type { CommandManner, Start } from '../command.ts';
import { Assent, confirmed, expectAnswer } from '../confirm.ts';
import type { ExitCode } from '../exit-code.ts';
import { fieldLines } from '../fields.ts';
import { deviceField } from '../plan-words.ts';
import { about, counted, kilobytes } from '../quantities.ts';
import type { Told } from '../reporter.ts';
import type { DeviceRun, Run } from '../run.ts';
import { examples } from './examples.ts';

const MANNER: CommandManner = { json: 'lines', undertaking: 'erase' };

interface EraseOptions {
  readonly sectors?: readonly number[] | 'all';
  readonly range?: AddressRange;
}

export function addErase(program: Command, start: Start): void {
  program
    .command('erase')
    .summary('erase sectors, and prove that they are blank')
    .description(
      'Erases sectors of flash and reads them back to see that they are blank. What was in them is gone.',
    )
    .addOption(new Option('--sectors <list>', 'numbers of sectors: 0,2,4-7, or all').argParser(parseSectors))
    .addOption(
      new Option('--range <range>', 'every sector that START:LENGTH or FIRST-LAST touches').argParser(
        parseRange,
      ),
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise erase --sectors 8-15', 'the second bank of an H743'],
        ['stepwise erase --range 0x08000000:16K', 'whatever sectors that touches'],
      ]),
    )
    .action((options: EraseOptions, command: Command) =>
      start(command, MANNER, (run) => eraseFlash(run, options)),
    );
}

async function eraseFlash(run: Run, options: EraseOptions): Promise<ExitCode> {
  if ((options.sectors === undefined) === (options.range === undefined))
    throw new StepwiseError('usage', { problem: 'Say what to erase: either --sectors or --range.' });
  expectAnswer(run);
  const devices = await run.devices();
  const assent = new Assent(devices.length, () => confirmed(run, 'Erase?'));
  return run.perform(devices, (each) => eraseDevice(run, each, options, assent));
}

async function eraseDevice(run: Run, each: DeviceRun, options: EraseOptions, assent: Assent): Promise<Told> {
  const part = assent.part();
  try {
    return await withDevice(each.device, each.connect, async (connected) => {
      const { target, device } = connected;
      const sectors = chosen(connected, options);
      checkErasable(sectors, target);
      const fields = [deviceField(device.identity), ['Erase', announcement(sectors, target)] as const];
      run.reporter.say([...fieldLines(fields, run.reporter.width), ''], each.device.path);
      run.reporter.event(
        'plan',
        { identity: device.identity, sectors: sectors.map(rangeOf) },
        each.device.path,
      );
      await part.given();
      await eraseSectors(connected, sectors, each.job);
      const size = sizeOf(sectors);
      const lines = [`${counted(sectors.length, 'sector')} erased: ${kilobytes(size)} read back and blank.`];
      return { lines, facts: { sectors: sectors.length, bytes: size } };
    });
  } finally {
    part.end();
  }
}

/** @throws plan-refused */
function chosen(connected: Connected, { sectors, range }: EraseOptions): readonly FlashSector[] {
  const there = connected.target.sectors.filter((sector) => isThere(sector, connected.target));
  if (range)
    return expectSome(
      sectorsIn(connected, range).filter((sector) => there.includes(sector)),
      describeRange(range),
    );
  if (sectors === undefined || sectors === 'all') return expectSome(there, 'the device');
  const missing = sectors.find((number) => !there.some((sector) => sector.index === number));
  if (missing !== undefined) {
    const detail = `the device has no sector ${missing}: they are numbered 0 to ${there.length - 1}`;
    throw new StepwiseError('plan-refused', { reason: 'outside-layout', detail }, { phase: 'plan' });
  }
  return there.filter((sector) => sectors.includes(sector.index));
}

function expectSome(sectors: readonly FlashSector[], where: string): readonly FlashSector[] {
  if (sectors.length > 0) return sectors;
  const detail = `there is no flash in ${where}`;
  throw new StepwiseError('plan-refused', { reason: 'outside-layout', detail }, { phase: 'plan' });
}

/** Some loaders show more sectors than the chip has. */
function isThere(sector: FlashSector, { sectors, flashSize }: FlashTarget): boolean {
  const start = sectors[0]?.address ?? 0;
  return flashSize === undefined || rangeOf(sector).end <= start + flashSize;
}

const SHOWN = 6;

function announcement(sectors: readonly FlashSector[], target: FlashTarget): readonly string[] {
  const time = about(sectors.reduce((sum, sector) => sum + eraseTime(target, sector), 0)) ?? 'a moment';
  const more = sectors.length - SHOWN;
  return [
    `${counted(sectors.length, 'sector')}, ${kilobytes(sizeOf(sectors))}. What is in them is gone then. It takes ${time}.`,
    ...sectors
      .slice(0, SHOWN)
      .map(({ index, address, size }) => `${index}: ${hex(address)}, ${kilobytes(size)}`),
    ...(more > 0 ? [`and ${counted(more, 'more sector', 'more sectors')}`] : []),
  ];
}

function sizeOf(sectors: readonly FlashSector[]): number {
  return sectors.reduce((sum, { size }) => sum + size, 0);
}

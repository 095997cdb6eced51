/** `stepwise survey`: what lies in flash, sector by sector, beside a firmware file where one is named. */
import type { Command } from 'commander';
import { describeRange, hex } from '../../../../shared/address.ts';
import type { FlashSurvey, SurveyedSector } from '../../../../shared/diagnosis.ts';
import { withDevice } from '../../../update/connect.ts';
import { surveyFlash } from '../../../update/survey-job.ts';
import { READING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import { fieldLines, type Field } from '../fields.ts';
import { readFirmware } from '../firmware-file.ts';
import { addAddressOption, type FirmwareOptions } from '../options.ts';
import { counted, kilobytes } from '../quantities.ts';
import type { Told } from '../reporter.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';

interface SurveyOptions extends FirmwareOptions {
  readonly firmware?: string;
}

export function addSurvey(program: Command, start: Start): void {
  addAddressOption(program.command('survey'))
    .summary('what lies in flash, sector by sector')
    .description(
      'Reads all of flash and tells which sectors are blank and which are in use, whether the chip can start from it, and ' +
        'with --firmware which sectors hold what is in a file. Nothing is changed.',
    )
    .option('--firmware <file>', 'compare each sector with this file')
    .addHelpText(
      'after',
      examples([
        ['stepwise survey', 'what is in use'],
        ['stepwise survey --firmware app.hex', 'exit code 7 where a sector differs'],
      ]),
    )
    .action((options: SurveyOptions, command: Command) =>
      start(command, READING, async (run) => survey(run, options)),
    );
}

async function survey(run: Run, options: SurveyOptions): Promise<ExitCode> {
  const firmware = options.firmware === undefined ? undefined : await readFirmware(options.firmware, options);
  return run.perform(await run.devices(), ({ device, connect, job }) =>
    withDevice(device, connect, async (connected) =>
      told(await surveyFlash(connected, job, () => undefined, { image: firmware?.image }), run),
    ),
  );
}

function told({ sectors, vectorTable, recognised }: FlashSurvey, run: Run): Told {
  const differing = sectors.filter(({ firmware }) => firmware === 'differs').length;
  const fields: Field[] = [
    ['Flash', stretches(sectors)],
    ...(vectorTable
      ? [
          [
            'Start',
            [
              `stack pointer ${hex(vectorTable.stackPointer)}, reset handler ${hex(vectorTable.resetHandler)}`,
              vectorTable.oddities.length === 0
                ? 'the chip can start from it'
                : `the chip cannot start from it: ${vectorTable.oddities.join(', ')}`,
            ],
          ] as const,
        ]
      : []),
  ];
  return {
    lines: fieldLines(fields, run.reporter.width),
    facts: { sectors, ...(vectorTable && { vectorTable }), recognised },
    ...(differing > 0 && { exitCode: ExitCode.differs }),
  };
}

/** Neighbours that say the same are told together. */
function stretches(sectors: readonly SurveyedSector[]): readonly string[] {
  const runs: SurveyedSector[][] = [];
  for (const sector of sectors) {
    const last = runs.at(-1);
    const before = last?.[0];
    if (last && before && wordsOf(before) === wordsOf(sector)) last.push(sector);
    else runs.push([sector]);
  }
  return runs.map((run) => {
    const [first] = run;
    const size = run.reduce((sum, each) => sum + each.size, 0);
    const start = first?.address ?? 0;
    const where = describeRange({ start, end: start + size });
    return `${where}  ${counted(run.length, 'sector')}, ${kilobytes(size)}: ${first ? wordsOf(first) : ''}`;
  });
}

function wordsOf({ state, firmware }: SurveyedSector): string {
  if (firmware === undefined) return state;
  return `${state}, ${firmware === 'equal' ? 'as in the file' : 'differs from the file'}`;
}

/** The command line as a whole: its commands in the order in which a newcomer needs them, and its help. */
import { Command } from 'commander';
import { addBundle } from './commands/bundle.ts';
import { addConvert } from './commands/convert.ts';
import { addDemo } from './commands/demo.ts';
import { addDevices } from './commands/devices.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEnterBootloader } from './commands/enter-bootloader.ts';
import { addErase } from './commands/erase.ts';
import { addFlash } from './commands/flash.ts';
import { addOptionBytes, addTestLink, addTestSector } from './commands/examine.ts';
import { addInfo } from './commands/info.ts';
import { addLeave } from './commands/leave.ts';
import { addPlan } from './commands/plan.ts';
import { addRead } from './commands/read.ts';
import { addReplay, type Replay } from './commands/replay.ts';
import { addReleases } from './commands/releases.ts';
import { addRepo } from './commands/repo.ts';
import { addSurvey } from './commands/survey.ts';
import { addUnprotect } from './commands/unprotect.ts';
import { addUpdate } from './commands/update.ts';
import { addVerify } from './commands/verify.ts';
import { addVirtual } from './commands/virtual.ts';
import type { Start } from './command.ts';
import { formatHelp } from './help.ts';
import { addCommonOptions } from './options.ts';
import type { Surroundings } from './surroundings.ts';
import { textWidth, typographyFor } from './typography.ts';

const DESCRIPTION =
  'Updates the firmware of STM32 devices over USB, through the bootloader in their ROM, and proves by reading back that it ' +
  'is there. A device in its bootloader cannot be destroyed by an interrupted update.';

export function createProgram(surroundings: Surroundings, start: Start, replay: Replay): Command {
  const { out } = surroundings.terminal;
  const typography = typographyFor(out, surroundings);
  const program = new Command('stepwise')
    .description(DESCRIPTION)
    .usage('COMMAND [options]')
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, subcommandTerm: (each) => each.name(), formatHelp })
    .configureOutput({
      writeOut: (text) => out.write(typography.text(text)),
      // What commander has to complain of is told as every other failure is.
      writeErr: () => undefined,
      getOutHelpWidth: () => textWidth(out),
    });
  addCommonOptions(program);
  // `--version` alone means the same (main.ts); behind a command it is the version of a release.
  program.version(surroundings.version, '-V', 'the version of Stepwise, as `stepwise --version`');
  program.helpOption('-h, --help', 'this text; after a command, what it takes');

  program.commandsGroup('Look:');
  addDevices(program, start);
  addInfo(program, start);
  addDoctor(program, start);
  addOptionBytes(program, start);
  addSurvey(program, start);
  addTestLink(program, start);
  addReleases(program, start);
  addPlan(program, start);
  addVerify(program, start);
  program.commandsGroup('Change:');
  addUpdate(program, start);
  addFlash(program, start);
  addErase(program, start);
  addTestSector(program, start);
  addUnprotect(program, start);
  addEnterBootloader(program, start);
  addLeave(program, start);
  program.commandsGroup('Files:');
  addRead(program, start);
  addConvert(program, start);
  program.commandsGroup('Publish:');
  addRepo(program, start);
  program.commandsGroup('Try out and find out:');
  addDemo(program, start);
  addVirtual(program, start);
  addReplay(program, start, replay);
  addBundle(program, start);
  program.helpCommand('help [command]', 'what a command does and takes');
  return program;
}

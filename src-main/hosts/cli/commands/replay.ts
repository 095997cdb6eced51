/** `stepwise replay FILE -- COMMAND`: a command run once more against recorded USB traffic instead of a device. */
import type { Command } from 'commander';
import { examples } from './examples.ts';

/** Runs a command line against a recording. */
export type Replay = (file: string, args: readonly string[]) => Promise<void>;

export function addReplay(program: Command, replay: Replay): void {
  program
    .command('replay <file> [command...]')
    .summary('run a command against a recording instead of a device')
    .description(
      'Runs a command against USB traffic that was recorded with --record: the device answers as it did then. Give the same ' +
        'command, file and options as then, behind two dashes. At the end it says whether all of the recording was used.',
    )
    .addHelpText(
      'after',
      examples([['stepwise replay usb.jsonl -- flash app.dfu --yes', 'a customer’s update, on the desk']]),
    )
    .action((file: string, args: readonly string[]) => replay(file, args));
}

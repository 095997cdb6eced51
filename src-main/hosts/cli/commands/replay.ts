/** `stepwise replay FILE -- COMMAND`: a command run once more against recorded USB traffic instead of a device. */
import { Option, type Command } from 'commander';
import { collecting } from '../arguments.ts';
import type { ReplayRun } from '../replay-run.ts';
import { examples } from './examples.ts';

/** Runs a command line against a recording. */
export type Replay = (replay: ReplayRun) => Promise<void>;

export function addReplay(program: Command, replay: Replay): void {
  program
    .command('replay <file> [command...]')
    .summary('run a command against a recording instead of a device')
    .description(
      'Runs a command against recorded USB traffic: the device answers as it did then. Give the same ' +
        'command, file and options as then, behind two dashes. At the end it says whether all of the recording was used.',
    )
    .addHelpText(
      'after',
      examples([['stepwise replay usb.jsonl -- flash app.dfu --yes', 'a customer’s update, on the desk']]),
    )
    .addOption(
      new Option(
        '--image <file>',
        'what was on the device then, where the recording has only its hash; may be given more than once',
      ).argParser(collecting((path) => path)),
    )
    .action((file: string, args: readonly string[], { image = [] }: { readonly image?: readonly string[] }) =>
      replay({ file, args, images: image }),
    );
}

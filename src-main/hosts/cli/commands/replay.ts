/** `stepwise replay`: what recorded USB traffic says, or a command run once more against it instead of a device. */
import { Option, type Command } from 'commander';
import { StepwiseError } from '../../../../shared/failure.ts';
import { collecting } from '../arguments.ts';
import { LOOKING, type Start } from '../command.ts';
import type { ReplayRun } from '../replay-run.ts';
import { examples } from './examples.ts';
import { compareFiles, explainFile } from './replay-explain.ts';

/** Runs a command line against a recording. */
export type Replay = (replay: ReplayRun) => Promise<void>;

interface ReplayOptions {
  readonly image?: readonly string[];
  readonly compare?: string;
  readonly toTest?: string;
}

export function addReplay(program: Command, start: Start, replay: Replay): void {
  program
    .command('replay <file> [command...]')
    .summary('explain a recording of USB, or run a command against it')
    .description(
      'Explains recorded USB traffic: what was asked of the device, what came, where it went wrong, how long each step took. ' +
        'It reads recordings of Stepwise (those that are always kept, and those of --record) and captures of Wireshark ' +
        '(pcap, pcapng; usbmon or USBPcap) of any tool. With a command behind two dashes it runs that command against a ' +
        'recording of Stepwise: the device answers as it did then. Give the same command, file and options as then. At the ' +
        'end it says whether all of the recording was used.',
    )
    .addHelpText(
      'after',
      examples([
        ['stepwise replay usb.jsonl', 'what happened'],
        ['stepwise replay usb.jsonl --compare dfu-util.pcapng', 'beside what another tool does'],
        ['stepwise replay usb.jsonl -- flash app.dfu --yes', 'a customer’s update, on the desk'],
        ['stepwise replay usb.jsonl --to-test test/x.test.ts -- flash app.dfu --yes', 'and for ever after'],
      ]),
    )
    .option('--compare <other>', 'show this session beside that of another file')
    .option('--to-test <file>', 'make a test of this project of it; needs the command')
    .addOption(
      new Option(
        '--image <file>',
        'what was on the device then, where the recording has only its hash; may be given more than once',
      ).argParser(collecting((path) => path)),
    )
    .action((file: string, args: readonly string[], options: ReplayOptions, command: Command) => {
      const { compare, toTest, image = [] } = options;
      if (args.length > 0) {
        if (compare !== undefined)
          throw new StepwiseError('usage', { problem: '--compare takes no command to run.' });
        return replay({ file, args, images: image, ...(toTest !== undefined && { toTest }) });
      }
      if (toTest !== undefined || image.length > 0) {
        const problem =
          'Say what to run against the recording: stepwise replay FILE --to-test OUT -- flash app.dfu --yes';
        throw new StepwiseError('usage', { problem });
      }
      return start(command, LOOKING, (run) =>
        compare === undefined ? explainFile(run, file) : compareFiles(run, file, compare),
      );
    });
}

/** The options that every command has, and those that concern a firmware file. */
import { Option, type Command } from 'commander';
import {
  collecting,
  parseAddress,
  parseKilobytes,
  parseSeconds,
  parseSpeed,
  parseUsbId,
  type UsbId,
} from './arguments.ts';
import type { FlashPolicy } from '../../flash/plan.ts';

export interface CommonOptions {
  readonly device?: string;
  readonly all?: boolean;
  readonly usb?: readonly UsbId[];
  readonly allowOtherBootloaders?: boolean;
  /** Milliseconds. */
  readonly replugPatience?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly record?: string;
  readonly virtual?: readonly string[];
  readonly virtualFault?: readonly string[];
  readonly virtualSpeed?: number;
  readonly virtualFlash?: string;
}

export function addCommonOptions(program: Command): void {
  program
    .optionsGroup('Which device:')
    .option('-d, --device <port or serial>', 'the device at this port or with this serial')
    .option('--all', 'all devices, side by side')
    .addOption(new Option('--usb <vid:pid>', 'also look at this USB ID').argParser(collecting(parseUsbId)))
    .option('--allow-other-bootloaders', 'also those that are not ST’s own')
    .addOption(
      new Option(
        '--replug-patience <seconds>',
        'wait so long for a lost device (terminal 120, else 0)',
      ).argParser(parseSeconds),
    )
    .optionsGroup('How it talks:')
    .option('-y, --yes', 'do not ask')
    .option('--json', 'JSON for programs instead of text')
    .option('-v, --verbose', 'every sector, retry and step of recovery')
    .option('--record <file>', 'keep all USB traffic, for support and `replay`')
    .optionsGroup('Without hardware:')
    .addOption(
      new Option('--virtual <name>', 'a virtual device; may be given more than once').argParser(
        collecting((name) => name),
      ),
    )
    .addOption(
      new Option('--virtual-speed <factor>', '1 is as in life (without it, as fast as it goes)').argParser(
        parseSpeed,
      ),
    )
    .addOption(
      new Option('--virtual-fault <name>', 'what goes wrong with it; `stepwise virtual` lists it').argParser(
        collecting((name) => name),
      ),
    )
    .option('--virtual-flash <file>', 'keep its flash in a file between runs')
    .optionsGroup('About Stepwise:');
}

export interface FirmwareOptions {
  readonly address?: number;
}

export function addAddressOption(command: Command): Command {
  return command.addOption(
    new Option('--address <address>', 'where a raw file belongs (0x08000000)').argParser(parseAddress),
  );
}

export interface PolicyOptions extends FirmwareOptions {
  readonly discardOutside?: boolean;
  readonly vectorTableLast?: boolean;
  /** Bytes. */
  readonly flashSize?: number;
}

export function addPolicyOptions(command: Command): Command {
  return addAddressOption(command)
    .option('--discard-outside', 'do not keep what lies beside the image in the same sectors')
    .option(
      '--vector-table-last',
      'erase the first sector first and write it last: half an update never starts',
    )
    .addOption(
      new Option(
        '--flash-size <kilobytes>',
        'how much flash the device has, where it says too much',
      ).argParser(parseKilobytes),
    );
}

export function policyOf({ discardOutside, vectorTableLast, flashSize }: PolicyOptions): FlashPolicy {
  return {
    outside: discardOutside ? 'discard' : 'preserve',
    vectorTableLast: vectorTableLast ?? false,
    ...(flashSize !== undefined && { flashSize }),
  };
}

/**
 * Every failure in three parts, as the person in front of it needs them: what is the matter, why, and what to do now.
 * One record over all codes, so that a failure without words does not compile.
 */
import { join } from 'node:path';
import { hex } from '../../../../shared/address.ts';
import type { Failure, FailureCode, FailureFacts, Phase } from '../../../../shared/failure.ts';
import { stateName, statusName } from '../../../dfuse/protocol.ts';
import { RULE } from '../../../diagnostics/host/linux/udev-rule.ts';
import { byteCount, counted, duration, grouped, kilobytes } from '../quantities.ts';
import type { Surroundings } from '../surroundings.ts';
import { sentence } from '../typography.ts';

import { accessWords } from './access.ts';
import { fileFaultWords } from './file-faults.ts';
import { phaseClause } from './phases.ts';
import { refusalWords } from './refusals.ts';
import { repositoryWords } from './repository.ts';

export interface Words {
  /** A few words without full stop. */
  readonly title: string;
  /** Sentences. */
  readonly why: string;
  /** What to do, best first; a line that begins with `$ ` is a command. */
  readonly now: readonly string[];
}

/** What decides about words besides the failure itself. */
export interface WordsContext {
  readonly platform: NodeJS.Platform;
  /** File of the udev rule, as to be given to `cp`. */
  readonly udevRule: string;
}

export function wordsContext({ platform, resourcesFolder }: Surroundings): WordsContext {
  return { platform, udevRule: join(resourcesFolder, RULE) };
}

interface Situation extends WordsContext {
  readonly phase: Phase | undefined;
}

type Wording = { readonly [C in FailureCode]: (facts: FailureFacts[C], situation: Situation) => Words };

const ROM_IS_SAFE = 'The device is not damaged: a bootloader in ROM cannot be overwritten.';
const AGAIN = 'Unplug the device, plug it in again, and run the same command.';
const OTHER_CABLE = 'Try another cable or port, without a hub in between.';
const RECORD = 'If it happens again, add --record FILE and keep that file for support.';

const WORDING: Wording = {
  usage: ({ problem }) => ({
    title: 'This command cannot be carried out as it stands',
    why: sentence(problem),
    now: ['`stepwise --help` shows the commands, `stepwise COMMAND --help` what one of them takes.'],
  }),
  cancelled: () => ({ title: 'Cancelled', why: 'It was stopped before it was finished.', now: [] }),

  // -- finding the device
  'no-device': ({ wanted }, { platform }) => ({
    title: wanted === undefined ? 'No device is in its bootloader' : `There is no device ${wanted}`,
    why:
      wanted === undefined
        ? 'Nothing that is plugged in shows itself as a bootloader that speaks DfuSe.'
        : 'Nothing is plugged in at this port, and no bootloader has this serial number.',
    now: [
      'Bring the device into its bootloader: mostly by holding BOOT0, or the maker’s button for it, while it is plugged in.',
      '`stepwise devices --watch` shows it as soon as it appears. Nothing at all? Some cables only charge: try another.',
      ...(platform === 'win32'
        ? ['A warning sign in the Device Manager means that it needs the WinUSB driver.']
        : []),
    ],
  }),
  'several-devices': ({ paths }) => ({
    title: 'Several devices are plugged in',
    why: `It was not said which one is meant: ${paths.join(', ')}.`,
    now: [
      'Choose one with --device PATH, or take all with --all. `stepwise devices` shows what each of them is.',
    ],
  }),
  'not-st-rom': ({ what, evidence }) => ({
    title: 'This is not ST’s own bootloader',
    why: [`${sentence(what)} Nobody has checked its layout and its habits.`, ...evidence.map(sentence)].join(
      ' ',
    ),
    now: ['If you know that it keeps to DfuSe, add --allow-other-bootloaders.'],
  }),
  'not-dfuse': ({ what }) => ({
    title: 'This device is not in a bootloader',
    why: sentence(what),
    now: [
      '`stepwise enter-bootloader` sends it there if it can; otherwise hold BOOT0 while it is plugged in.',
    ],
  }),
  'no-flash-layout': ({ strings }) => ({
    title: 'This bootloader offers no internal flash',
    why:
      strings.length === 0
        ? 'It does not say what memory it has.'
        : `What it offers is: ${strings.map((text) => text.trim()).join('; ')}.`,
    now: ['It cannot be updated this way. `stepwise devices` shows whether another device is meant.'],
  }),

  // -- USB
  'no-permission': ({ path }, { platform, udevRule }) => accessWords.permission(platform, path, udevRule),
  'no-driver': ({ path }, { platform }) => accessWords.driver(platform, path),
  busy: ({ path }) => accessWords.busy(path),
  disconnected: ({ path, address }, { phase }) => ({
    title: 'The device was disconnected',
    why: `The connection to ${path} ended${whilePhase(phase, address)}. ${ROM_IS_SAFE}`,
    now: [`Plug it in again and run the same command. ${OTHER_CABLE}`],
  }),
  'usb-transfer': ({ path, kind, request }, { phase }) => ({
    title: 'A USB transfer failed',
    why:
      kind === 'stall'
        ? `The device at ${path} refused a request${whilePhase(phase)} (${request}).`
        : `The connection to ${path} is disturbed${whilePhase(phase)} (${request}).`,
    now: [AGAIN, OTHER_CABLE, RECORD],
  }),
  'no-answer': ({ path, request }, { phase }) => ({
    title: 'The device does not answer',
    why: `The device at ${path} left a request without answer${whilePhase(phase)} (${request}).`,
    now: [AGAIN, RECORD],
  }),

  // -- the file
  'bad-file': ({ fault, detail, format }) => {
    const { title, now } = fileFaultWords(fault, format);
    return { title, why: sentence(detail), now: [now] };
  },

  // -- the plan
  'plan-refused': ({ reason, detail }) => {
    const { title, now } = refusalWords(reason);
    return { title, why: sentence(detail), now: [now] };
  },

  // -- the bootloader
  'read-protected': ({ address }) => ({
    title: 'This device is locked against reading and writing',
    why: `Its maker set the read protection of the chip${at(address)}. Unlocking erases everything on it.`,
    now: ['`stepwise unprotect` unlocks it. If what is on it matters, leave it as it is and ask its maker.'],
  }),
  'command-rejected': ({ command, address, status, state }) => ({
    title: 'The bootloader refused a command',
    why: `To ${command}${at(address)} it answered ${statusName(status)} in state ${stateName(state)}.`,
    now: [AGAIN, RECORD],
  }),
  'stuck-busy': ({ address, state, elapsed }) => ({
    title: 'The bootloader is stuck',
    why: `It has been busy for ${duration(elapsed)}${at(address)} and does not come out of it (${stateName(state)}). ${ROM_IS_SAFE}`,
    now: [AGAIN, RECORD],
  }),
  'bad-state': ({ state, status, wanted }) => ({
    title: 'The bootloader is in a state it should not be in',
    why: `It is in ${stateName(state)} with ${statusName(status)} instead of ${wanted}.`,
    now: [AGAIN, RECORD],
  }),
  'protocol-violation': ({ what }) => ({
    title: 'The bootloader answers with something that makes no sense',
    why: sentence(what),
    now: [AGAIN, OTHER_CABLE, RECORD],
  }),
  'erase-failed': ({ address, size, tries, firstNotErased }) => ({
    title: 'Part of the memory cannot be erased',
    why:
      `The sector at ${hex(address)} (${kilobytes(size)}) is not blank after ${counted(tries, 'try', 'tries')}; the first byte ` +
      `that is not is at ${hex(firstNotErased)}. It may be write-protected or worn out.`,
    now: [
      `${AGAIN} If it is the same sector again, look whether its option bytes protect it against writing.`,
    ],
  }),
  'program-failed': ({ address, status, state }) => ({
    title: 'Part of the memory cannot be written',
    why: `Writing at ${hex(address)} ended with ${statusName(status)} in state ${stateName(state)}.`,
    now: [
      `${AGAIN} If it is the same place again, look whether its option bytes protect it against writing.`,
    ],
  }),
  'verify-mismatch': ({ address, differing, tries }) => ({
    title: 'What was written is not what is there',
    why: `From ${hex(address)} on, ${byteCount(differing)} ${differing === 1 ? 'differs' : 'differ'} after ${counted(tries, 'try', 'tries')}.`,
    now: [
      `Run the same command again. ${OTHER_CABLE} If the same address differs again, that flash is worn out or protected.`,
    ],
  }),
  'no-unused-sector': ({ looked }) => ({
    title: 'There is no unused sector to test',
    why: `None of ${counted(looked, 'sector')} is blank. A test would overwrite something.`,
    now: ['`stepwise survey` shows what is in use.'],
  }),
  'sector-not-cleaned': ({ address, size }) => ({
    title: 'The test could not clean up after itself',
    why:
      `The sector at ${hex(address)} was blank before and may hold test bytes now. The firmware was not touched: ` +
      'nothing that it uses lies there.',
    now: [
      `Plug the device in again and erase that sector:`,
      `$ stepwise erase --range ${hex(address)}:${size}`,
    ],
  }),
  'read-short': ({ address, wanted, got }) => ({
    title: 'The bootloader gives less than it was asked for',
    why: `Of ${byteCount(wanted)} at ${hex(address)} it gave ${grouped(got)}.`,
    now: [AGAIN, RECORD],
  }),
  'consent-missing': () => ({
    title: 'Unlocking needs your word for it',
    why: 'Unlocking erases everything on the device, and that cannot be undone. --yes is not enough for it.',
    now: [
      'Type the sentence when you are asked, or give it:',
      '$ stepwise unprotect --consent "erase everything on this device"',
    ],
  }),
  'not-supported': ({ what }, { phase }) => ({
    title: 'This device cannot do that',
    why: sentence(what),
    now: [
      phase === 'enter-bootloader'
        ? 'Bring it into its bootloader by hand: mostly by holding BOOT0, or the maker’s button for it, while it is plugged in.'
        : '`stepwise info` shows what it can do.',
    ],
  }),
  'did-not-return': ({ path, waited }) => ({
    title: 'The device did not come back',
    why: `Nothing appeared at ${path} within ${duration(waited)}. ${ROM_IS_SAFE}`,
    now: [`Plug it in again, in its bootloader, and run the same command. ${OTHER_CABLE}`],
  }),
  'wrong-device-returned': ({ path, expected, found }) => ({
    title: 'Another device came back',
    why: `At ${path} was ${expected}; now it is ${found}.`,
    now: ['Plug the first device into the same port again and run the same command.'],
  }),

  // -- the host
  'host-file': ({ path, operation, detail }) => ({
    title: 'A file on this computer is in the way',
    why: `Could not ${operation} ${path}: ${sentence(detail)}`,
    now: ['Check that the folder is there, that you may write to it, and that the disk is not full.'],
  }),
  'replay-deviation': ({ line, expected, got }) => ({
    title: 'The recording is of something else',
    why: `In line ${line} it goes on with: ${expected}. Now it was: ${got}.`,
    now: ['Give the same command, file and options as when it was recorded.'],
  }),
  'replay-withheld': ({ line, bytes, address }) => ({
    title: 'The recording keeps what was read here to itself',
    why:
      `In line ${line} the device gave ${byteCount(bytes)}${at(address)}. The recording has only their hash, and neither what ` +
      'was written since nor any image that was given has bytes of that hash.',
    now: ['Give what was on the device then, as --image FILE; more than one if need be.'],
  }),
  ...repositoryWords,
  occupied: ({ path }) => ({
    title: 'This device is being worked on already',
    why: `Another job has not finished at ${path}.`,
    now: ['Wait until it has finished, or cancel it.'],
  }),
  'not-found': ({ what }) => ({
    title: 'What was asked for is not there',
    why: `There is no such thing any more: ${sentence(what)}`,
    now: ['Choose again.'],
  }),
  'not-allowed': ({ what }) => ({
    title: 'The maker of this product does not allow this',
    why: `Not allowed here: ${sentence(what)}`,
    now: ['Ask the maker for firmware made for this product.'],
  }),
  'bad-request': ({ request, detail }) => ({
    title: 'Stepwise did not understand itself',
    why: `The request ${request} was not as it must be: ${sentence(detail)}`,
    now: ['Start Stepwise again. If it happens again, please report it.'],
  }),
  'host-gone': ({ request }) => ({
    title: 'The part of Stepwise that works on devices has stopped',
    why: `It did not answer to ${request}. ${ROM_IS_SAFE}`,
    now: ['Start Stepwise again: an interrupted update goes on where it was.'],
  }),
  internal: ({ detail }) => ({
    title: 'Stepwise itself has failed',
    why: `This is a fault of the program, not of the device: ${sentence(detail)}`,
    now: ['Please report it, with what the same command prints under --verbose.'],
  }),
};

/** What to say of a failure. */
export function wordsOf(failure: Failure, context: WordsContext): Words {
  return say(failure.code, failure.facts, { ...context, phase: failure.phase });
}

function say<C extends FailureCode>(code: C, facts: FailureFacts[C], situation: Situation): Words {
  return WORDING[code](facts, situation);
}

function at(address: number | undefined): string {
  return address === undefined ? '' : ` at ${hex(address)}`;
}

function whilePhase(phase: Phase | undefined, address?: number): string {
  return phase === undefined ? at(address) : ` while ${phaseClause(phase)}${at(address)}`;
}

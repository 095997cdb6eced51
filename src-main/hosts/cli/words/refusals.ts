/** Why a plan was refused, by its reason: a title and what to do. The plan says itself why. */
import type { RefusalReason } from '../../../../shared/failure.ts';

export interface RefusalWords {
  readonly title: string;
  readonly now: string;
}

const OTHER_FILE = 'Choose the file that was made for this device. `stepwise info` shows what it is.';

const WORDS: Readonly<Record<RefusalReason, RefusalWords>> = {
  'outside-layout': { title: 'This firmware is not for this device', now: OTHER_FILE },
  'across-hole': { title: 'This firmware is not for this device', now: OTHER_FILE },
  'beyond-flash-size': { title: 'This firmware is too large for this device', now: OTHER_FILE },
  'wrong-target': { title: 'This firmware is not for this device', now: OTHER_FILE },
  'not-internal-flash': {
    title: 'This file is not only for the flash of the device',
    now: 'Stepwise writes internal flash and nothing else. Leave the other part out when the file is made.',
  },
  'not-erasable': {
    title: 'Part of the memory cannot be erased',
    now: 'The bootloader keeps it to itself: only a file that leaves it alone can be written.',
  },
  'not-writable': {
    title: 'Part of the memory cannot be written',
    now: 'The bootloader keeps it to itself: only a file that leaves it alone can be written.',
  },
  'read-protected': {
    title: 'This device is locked against reading and writing',
    now: '`stepwise unprotect` unlocks it. That erases everything on it.',
  },
  misaligned: {
    title: 'This firmware begins at an odd place',
    now: 'Check the address: --address for a raw file, the linker script for others.',
  },
  'empty-image': { title: 'There is nothing to write', now: OTHER_FILE },
  'protected-range': {
    title: 'This part of the memory is not for firmware',
    now: OTHER_FILE,
  },
  'known-defect': {
    title: 'This bootloader has a defect that stands in the way',
    now:
      'Write the device through its debug port, or with a file that leaves this part alone. `stepwise info` shows what ' +
      'is known of the bootloader.',
  },
};

export function refusalWords(reason: RefusalReason): RefusalWords {
  return WORDS[reason];
}

/** What is being done, in a word for the progress line and in a clause for "… ended while …". */
import type { Phase } from '../../../../shared/failure.ts';

const DOING: Readonly<Record<Phase, string>> = {
  'read-file': 'Reading the file',
  find: 'Looking for the device',
  identify: 'Identifying',
  plan: 'Planning',
  compare: 'Comparing',
  erase: 'Erasing',
  write: 'Writing',
  verify: 'Reading back',
  leave: 'Starting the application',
  unprotect: 'Unlocking',
  'enter-bootloader': 'Entering the bootloader',
  read: 'Reading',
  replay: 'Replaying',
};

const WHILE: Readonly<Record<Phase, string>> = {
  'read-file': 'the file was being read',
  find: 'the device was being looked for',
  identify: 'the device was being identified',
  plan: 'the update was being planned',
  compare: 'flash was being compared with the image',
  erase: 'flash was being erased',
  write: 'flash was being written',
  verify: 'flash was being read back',
  leave: 'the application was being started',
  unprotect: 'the device was being unlocked',
  'enter-bootloader': 'the device was entering its bootloader',
  read: 'flash was being read',
  replay: 'the recording was being replayed',
};

export function phaseWord(phase: Phase): string {
  return DOING[phase];
}

export function phaseClause(phase: Phase): string {
  return WHILE[phase];
}

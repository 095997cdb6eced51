/** In what condition a command leaves the device: said after every failure, so that nobody has to guess. */
import type { DeviceCondition } from '../../../../shared/failure.ts';

/** What a command does to a device, as far as it can leave it half done. */
export type Undertaking =
  /** Reads, at most. */
  'looking' | 'update' | 'erase' | 'unlock';

const INCOMPLETE: Readonly<Record<Undertaking, string>> = {
  looking: 'Nothing was changed on the device.',
  update:
    'The update is not complete. The device’s bootloader is unharmed: run the same command again, and it goes on ' +
    'where it stopped.',
  erase:
    'Some of the sectors may be erased already. The device’s bootloader is unharmed: run the same command again to ' +
    'finish.',
  unlock: 'The contents of the device may be erased already. Its bootloader is unharmed.',
};

/** Said when a stop is asked for, before the work has come to rest. */
export function stoppingWords(condition: DeviceCondition): string {
  return condition === 'incomplete'
    ? 'The device is left incomplete, with its bootloader unharmed.'
    : 'Nothing has been changed on the device.';
}

export function conditionWords(condition: DeviceCondition, undertaking: Undertaking): string {
  switch (condition) {
    case 'untouched':
      return 'Nothing was changed on the device.';
    case 'incomplete':
      return INCOMPLETE[undertaking];
    case 'complete':
      return 'By then everything had been written and read back equal.';
  }
}

import type { Device } from '../../shared/device.ts';
import { valueOf } from '../../shared/fact.ts';

/** Its bootloader answers, and lets nobody read or write. */
export function isLocked({ state }: Device): boolean {
  return state.kind === 'ready' && valueOf(state.identity.readProtected) === true;
}

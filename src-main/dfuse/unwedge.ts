/**
 * An H743 with bootloader 0x90 stays in dfuDNBUSY for ever after an erase in bank 2, although the erase has ended. A
 * CLRSTATUS, illegal in that state, throws it into dfuERROR; a second one leads to dfuIDLE. Found in the traffic of
 * STM32CubeProgrammer, which does the same. Only for loaders known to need it: others are merely busy.
 */
import { StepwiseError } from '../../shared/failure.ts';
import { DfuState } from './protocol.ts';
import type { DeviceStatus } from './status.ts';

const MOST_CLEARS = 2;

export interface Unwedgeable {
  clearStatus(): Promise<void>;
  getStatus(): Promise<DeviceStatus>;
}

/**
 * @param address of the sector that was being erased, where it is known
 * @param elapsed milliseconds the loader has been busy
 * @throws stuck-busy where it stays so, UsbError
 */
export async function unwedge(
  loader: Unwedgeable,
  address: number | undefined,
  elapsed: number,
): Promise<void> {
  let state: number = DfuState.dnBusy;
  for (let clears = 0; clears < MOST_CLEARS && state !== DfuState.dfuIdle; clears++) {
    await loader.clearStatus();
    ({ state } = await loader.getStatus());
    if (state === DfuState.dnBusy) break;
  }
  if (state !== DfuState.dfuIdle) throw new StepwiseError('stuck-busy', { address, state, elapsed });
}

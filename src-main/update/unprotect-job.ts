/**
 * Takes read protection off: READ_UNPROTECT erases all of flash and resets the chip, which then comes back as another
 * device at the same place (AN3156 §4.4). Only on an explicit word of consent, and proven by reading flash afterwards.
 */
import { StepwiseError, type DeviceCondition } from '../../shared/failure.ts';
import { valueOf } from '../../shared/fact.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import { openAt } from '../devices/arrival.ts';
import { identify } from '../devices/identify.ts';
import { DfuSeCommand } from '../dfuse/protocol.ts';
import { asFailure } from '../dfuse/usb-failure.ts';
import type { UsbBus, UsbDevice } from '../usb/port.ts';
import type { Connected } from './connect.ts';
import { checkpoint, type JobOptions } from './job.ts';

/** What the caller must hand over: it cannot be passed by accident. */
export const ERASE_EVERYTHING = 'erase everything on this device';

/** Worst published mass erase is 32 s; then the chip resets and enumerates. */
const RETURN_PATIENCE = 60_000;

/**
 * @throws consent-missing, not-supported, cancelled, did-not-return, read-protected where it is still locked afterwards;
 * each says whether the erase had begun
 */
export async function unprotect(
  { device: { identity }, connection }: Connected,
  consent: string,
  bus: UsbBus,
  options: JobOptions,
): Promise<void> {
  const { path } = identity;
  let condition: DeviceCondition = 'untouched';
  try {
    checkAllowed(identity, consent);
    checkpoint(options.signal);
    options.listener({ type: 'phase', phase: 'unprotect' });
    const { session } = connection;
    await session.readUnprotect();
    condition = 'incomplete';
    await session.device.close();
    if (await isProtectedAfterwards(session.device, bus, options))
      throw new StepwiseError('read-protected', {});
  } catch (error) {
    throw asFailure(error, path, { phase: 'unprotect', condition });
  }
}

function checkAllowed({ readProtected, commands }: DeviceIdentity, consent: string): void {
  if (consent !== ERASE_EVERYTHING) throw new StepwiseError('consent-missing', { what: 'unprotect' });
  if (valueOf(readProtected) === false) {
    throw new StepwiseError('not-supported', { what: 'the device has no read protection to take off' });
  }
  if (valueOf(commands)?.includes(DfuSeCommand.readUnprotect) === false) {
    throw new StepwiseError('not-supported', {
      what: 'this bootloader has no command to take read protection off',
    });
  }
}

/** Looks at the device that comes in place of the old one. What is not known counts as locked. */
async function isProtectedAfterwards(
  old: UsbDevice,
  bus: UsbBus,
  { clock, signal }: JobOptions,
): Promise<boolean> {
  const look = async (back: UsbDevice) => {
    const { identity, loader } = await identify(back, clock);
    await loader.device.close();
    return identity;
  };
  const after = await openAt(bus, clock, old.path, look, { patience: RETURN_PATIENCE, instead: old, signal });
  if (after) return valueOf(after.readProtected) !== false;
  if (signal?.aborted) throw new StepwiseError('cancelled', { condition: 'incomplete' });
  throw new StepwiseError('did-not-return', { path: old.path, waited: RETURN_PATIENCE });
}

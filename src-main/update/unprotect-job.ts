/**
 * Takes read protection off: READ_UNPROTECT erases all of flash and resets the chip, which then comes back as another
 * device at the same place (AN3156 §4.4). Only on an explicit word of consent, and proven by reading flash afterwards.
 */
import { StepwiseError } from '../../shared/failure.ts';
import { valueOf } from '../../shared/identity.ts';
import { deviceAt } from '../devices/arrival.ts';
import { identify } from '../devices/identify.ts';
import { UsbError, type UsbBus } from '../usb/port.ts';
import type { Connected } from './connect.ts';
import type { JobOptions } from './job.ts';

/** What the caller must hand over: it cannot be passed by accident. */
export const ERASE_EVERYTHING = 'erase everything on this device';

/** Worst published mass erase is 32 s; then the chip resets and enumerates. */
const RETURN_PATIENCE = 60_000;

/** @throws consent-missing, not-supported, did-not-return, read-protected where it is still locked afterwards */
export async function unprotect(
  connected: Connected,
  consent: string,
  bus: UsbBus,
  options: JobOptions,
): Promise<void> {
  if (consent !== ERASE_EVERYTHING) throw new StepwiseError('consent-missing', { what: 'unprotect' });
  const { device, connection } = connected;
  const { identity } = device;
  const commands = valueOf(identity.commands);
  if (commands && !commands.includes(0x92)) {
    throw new StepwiseError('not-supported', {
      what: 'this bootloader has no command to take read protection off',
    });
  }
  options.listener({ type: 'phase', phase: 'unprotect' });
  const before = connection.session.device;
  try {
    await connection.session.readUnprotect();
  } catch (error) {
    // The chip resets as soon as it can: that it cannot answer any more is no sign of failure.
    if (!(error instanceof UsbError)) throw error;
  }
  await before.close();
  const back = await deviceAt(bus, options.clock, identity.path, {
    patience: RETURN_PATIENCE,
    instead: before,
    ...(options.signal && { signal: options.signal }),
  });
  if (!back) throw new StepwiseError('did-not-return', { path: identity.path, waited: RETURN_PATIENCE });
  const after = await identify(back, options.clock);
  await after.loader.device.close();
  if (valueOf(after.identity.readProtected) !== false) {
    throw new StepwiseError('read-protected', {}, { phase: 'unprotect', condition: 'incomplete' });
  }
}

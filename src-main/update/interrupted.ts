/** Whether an update of this device was interrupted. Only looks: a damaged note is left for the update to set aside. */
import type { DeviceKey, Journal, JournalEntry } from '../flash/journal.ts';

/** @throws host-file */
export async function interruptedUpdate(journal: Journal, key: DeviceKey): Promise<JournalEntry | undefined> {
  const entries = await journal.list();
  return entries.find(({ device }) => device.path === key.path && device.serial === key.serial);
}

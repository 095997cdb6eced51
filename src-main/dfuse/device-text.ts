/** Strings by which a device is told from others, read so that one disturbed transfer does not make it another device. */
import type { UsbDevice } from '../usb/port.ts';
import { readString } from '../usb/strings.ts';

/**
 * A device refuses to give a string it does not have; one whose transfer was disturbed refuses too, but not twice.
 * @param index as in the descriptor that names the string
 * @throws UsbError, but for a refusal
 */
export async function readText(
  device: UsbDevice,
  index: number,
  language: number,
): Promise<string | undefined> {
  return (await readString(device, index, language)) ?? readString(device, index, language);
}

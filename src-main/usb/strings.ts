import { UsbError } from './port.ts';
import type { UsbDevice } from './port.ts';
import { DescriptorType, STANDARD_DEADLINE_MS, getDescriptor } from './standard-requests.ts';

/**
 * String descriptors (USB 2.0 §9.6.7): a length, the type, then UTF-16 without an end. Descriptor 0 holds no text but the
 * languages the device has texts in. Bootloaders are careless here: lengths that do not fit, texts that end at a NUL, and
 * GD32VF103 puts single bytes where UTF-16 belongs. What can be read is read.
 */

type StringSource = Pick<UsbDevice, 'controlIn'>;

/** The longest string descriptor, and what every operating system asks for. */
const LONGEST = 255;
const HEADER_LENGTH = 2;
const ENGLISH_US = 0x0409;

/**
 * Reads a string descriptor of an open device; undefined when the device has none.
 * @param index as in the descriptor that names the string; 0 stands for "none"
 * @param language of {@link readLanguage}, for a caller that reads several strings
 * @throws {UsbError} whatever the transfer fails with, except `stall`
 */
export async function readString(
  device: StringSource,
  index: number,
  language?: number,
): Promise<string | undefined> {
  if (index === 0) return undefined;
  const payload = await readPayload(device, index, language ?? (await readLanguage(device)));
  return payload && decodeText(payload);
}

/**
 * The language to ask for: US English where the device has it, else the first it names, else US English all the same.
 * @throws {UsbError} whatever the transfer fails with, except `stall`
 */
export async function readLanguage(device: StringSource): Promise<number> {
  const payload = await readPayload(device, 0, 0);
  const languages = payload ? codeUnits(payload).filter((language) => language !== 0) : [];
  return languages.includes(ENGLISH_US) ? ENGLISH_US : (languages[0] ?? ENGLISH_US);
}

async function readPayload(
  device: StringSource,
  index: number,
  language: number,
): Promise<Uint8Array | undefined> {
  const setup = getDescriptor(DescriptorType.string, index, language);
  try {
    return payloadOf(await device.controlIn(setup, LONGEST, STANDARD_DEADLINE_MS));
  } catch (error) {
    if (error instanceof UsbError && error.kind === 'stall') return undefined;
    throw error;
  }
}

function payloadOf(descriptor: Uint8Array): Uint8Array | undefined {
  const [length = 0, type] = descriptor;
  if (type !== DescriptorType.string || length < HEADER_LENGTH) return undefined;
  return descriptor.subarray(HEADER_LENGTH, length);
}

function decodeText(payload: Uint8Array): string | undefined {
  const text = isPlainAscii(payload)
    ? String.fromCharCode(...payload)
    : new TextDecoder('utf-16le').decode(payload.subarray(0, payload.length & ~1));
  const [untilNul = ''] = text.split('\0');
  const printable = untilNul.replace(/\p{Cc}/gu, '');
  return printable === '' ? undefined : printable;
}

/** UTF-16 has a zero in every other byte of a Latin text; where none is zero, the bytes themselves are the text. */
function isPlainAscii(payload: Uint8Array): boolean {
  return payload.length > 1 && payload.every((byte) => byte >= 0x20 && byte < 0x7f);
}

function codeUnits(payload: Uint8Array): number[] {
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  return Array.from({ length: payload.length >> 1 }, (_, at) => view.getUint16(at * 2, true));
}

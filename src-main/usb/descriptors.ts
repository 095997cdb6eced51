import { UsbError } from './port.ts';
import type { UsbDevice } from './port.ts';
import { DescriptorType, STANDARD_DEADLINE_MS, getDescriptor } from './standard-requests.ts';

/**
 * The configuration descriptor (USB 2.0 §9.6.3) is a row of descriptors, each with its length and type in front. A DFU
 * loader has one interface with an alternate setting per memory, and after the last of them one DFU functional
 * descriptor (DFU 1.1 §4.1.3). Its type, 0x21, is also that of HID, so it counts only after an interface of class FE/01.
 * It is always read from here: some loaders do not answer a request for it alone.
 */

export interface AlternateSetting {
  readonly alternate: number;
  readonly interfaceClass: number;
  readonly interfaceSubclass: number;
  readonly interfaceProtocol: number;
  readonly endpointCount: number;
  /** String descriptor index of its name; 0 means it has none. */
  readonly nameIndex: number;
}

export interface UsbInterface {
  readonly number: number;
  /** In the order of the descriptor. */
  readonly alternates: readonly AlternateSetting[];
  /** The whole DFU functional descriptor, its length and type included. */
  readonly dfuFunctional: Uint8Array | undefined;
}

export interface Configuration {
  /** bConfigurationValue. */
  readonly value: number;
  /** bmAttributes. */
  readonly attributes: number;
  /** Milliamperes it may draw from the bus. */
  readonly maxPower: number;
  readonly interfaces: readonly UsbInterface[];
  /** False when the row ended early or held a descriptor of impossible length; what stood before it is here. */
  readonly wellFormed: boolean;
}

const CONFIGURATION_LENGTH = 9;
const INTERFACE_LENGTH = 9;
const HEADER_LENGTH = 2;
/** No loader comes near it; it bounds what a broken device can make us read. */
const LONGEST = 4_096;
const MILLIAMPERES_PER_UNIT = 2;

const DFU_CLASS = 0xfe;
const DFU_SUBCLASS = 0x01;

/**
 * Reads and parses the first configuration descriptor of an open device.
 * @throws {UsbError} what the transfers fail with; `io` when the answer is no configuration descriptor at all
 */
export async function readConfiguration(device: Pick<UsbDevice, 'controlIn'>): Promise<Configuration> {
  const setup = getDescriptor(DescriptorType.configuration, 0);
  const header = await device.controlIn(setup, CONFIGURATION_LENGTH, STANDARD_DEADLINE_MS);
  const total = totalLength(header);
  const bytes =
    total !== undefined && total > CONFIGURATION_LENGTH
      ? await device.controlIn(setup, Math.min(total, LONGEST), STANDARD_DEADLINE_MS)
      : header;
  const configuration = parseConfiguration(bytes);
  if (!configuration) {
    throw new UsbError('io', 'read the configuration descriptor', new Error('the answer is none'));
  }
  return configuration;
}

/** Undefined when the bytes do not begin with a configuration descriptor; never throws. */
export function parseConfiguration(bytes: Uint8Array): Configuration | undefined {
  const total = totalLength(bytes);
  if (total === undefined) return undefined;
  const [, , , , , value = 0, , attributes = 0, powerUnits = 0] = bytes;
  const { descriptors, wellFormed } = split(bytes.subarray(CONFIGURATION_LENGTH, total));
  return {
    value,
    attributes,
    maxPower: powerUnits * MILLIAMPERES_PER_UNIT,
    interfaces: groupByInterface(descriptors),
    wellFormed: wellFormed && bytes.length >= total,
  };
}

/** wTotalLength; undefined when these are not the first bytes of a configuration descriptor. */
function totalLength(bytes: Uint8Array): number | undefined {
  const [length = 0, type, low = 0, high = 0] = bytes;
  const total = low | (high << 8);
  const plausible =
    type === DescriptorType.configuration && Math.min(length, bytes.length, total) >= CONFIGURATION_LENGTH;
  return plausible ? total : undefined;
}

/** Cuts the row at the lengths it names, up to the first one that cannot be true. */
function split(row: Uint8Array): { descriptors: Uint8Array[]; wellFormed: boolean } {
  const descriptors: Uint8Array[] = [];
  for (let at = 0; at < row.length;) {
    const [length = 0, type] = row.subarray(at);
    const least = type === DescriptorType.interface ? INTERFACE_LENGTH : HEADER_LENGTH;
    if (length < least || at + length > row.length) return { descriptors, wellFormed: false };
    descriptors.push(row.subarray(at, at + length));
    at += length;
  }
  return { descriptors, wellFormed: true };
}

/** Alternate settings follow each other, but nothing says that those of one interface stand together. */
function groupByInterface(descriptors: readonly Uint8Array[]): UsbInterface[] {
  interface Found {
    readonly number: number;
    readonly alternates: AlternateSetting[];
    dfuFunctional: Uint8Array | undefined;
  }
  const found = new Map<number, Found>();
  let current: Found | undefined;
  for (const descriptor of descriptors) {
    const [, type, number = 0] = descriptor;
    if (type === DescriptorType.interface) {
      current = found.get(number) ?? { number, alternates: [], dfuFunctional: undefined };
      current.alternates.push(alternateSetting(descriptor));
      found.set(number, current);
    } else if (type === DescriptorType.dfuFunctional && current?.alternates.every(isDfu)) {
      current.dfuFunctional ??= descriptor;
    }
  }
  return [...found.values()];
}

function alternateSetting(descriptor: Uint8Array): AlternateSetting {
  const [
    ,
    ,
    ,
    alternate = 0,
    endpointCount = 0,
    interfaceClass = 0,
    interfaceSubclass = 0,
    interfaceProtocol = 0,
    nameIndex = 0,
  ] = descriptor;
  return { alternate, interfaceClass, interfaceSubclass, interfaceProtocol, endpointCount, nameIndex };
}

/** Device Firmware Upgrade (DFU 1.1 §4.1.2), in its run-time and its DFU mode alike. */
export function isDfu(setting: AlternateSetting): boolean {
  return setting.interfaceClass === DFU_CLASS && setting.interfaceSubclass === DFU_SUBCLASS;
}

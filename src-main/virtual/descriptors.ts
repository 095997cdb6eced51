/**
 * The descriptors a device shows on USB (USB 2.0 §9.6, DFU 1.1 §4). ST's loaders have one configuration and one
 * interface with an alternate setting for each memory: first all interface descriptors, whose names are the layout
 * strings (UM0424), then a single DFU functional descriptor for all of them.
 */
import type { UsbIdentity } from '../usb/port.ts';
import { DescriptorType } from '../usb/standard-requests.ts';

/** `utf8` is what clones do: the bytes of the text where two bytes for each character belong. */
export type StringContent = string | { readonly utf8: string };

export interface DfuInterface {
  /** bInterfaceProtocol: 1 for the runtime interface of an application, 2 for a bootloader. */
  readonly protocol: 1 | 2;
  /** bmAttributes of the functional descriptor. */
  readonly attributes: number;
  /** wDetachTimeOut in milliseconds. */
  readonly detachTimeout: number;
  /** wTransferSize in bytes. */
  readonly transferSize: number;
  /** bcdDFUVersion. */
  readonly version: number;
}

export interface UsbDescription {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdUSB. */
  readonly usbVersion: number;
  /** bcdDevice. */
  readonly deviceVersion: number;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: StringContent;
  /** Name of each alternate setting of interface 0. */
  readonly alternates: readonly string[];
  /** Absent on a device that has no DFU interface: it then shows one vendor-specific interface. */
  readonly dfu?: DfuInterface;
}

export interface Descriptors {
  readonly identity: UsbIdentity;
  readonly alternateCount: number;
  readonly device: Uint8Array;
  readonly configuration: Uint8Array;
  /** The DFU functional descriptor alone, as GET_DESCRIPTOR 0x21 asks for it. */
  readonly functional: Uint8Array | undefined;
  /** By string index; 0 is the list of languages. */
  readonly strings: readonly Uint8Array[];
}

const MANUFACTURER_INDEX = 1;
const PRODUCT_INDEX = 2;
const SERIAL_INDEX = 3;
const FIRST_ALTERNATE_INDEX = 4;
const ENGLISH_US = 0x0409;
/** Self powered, 100 mA: what ST's loaders say (dumps in the community). */
const CONFIGURATION_ATTRIBUTES = 0xc0;
const MAX_POWER_2MA = 50;
const CONTROL_PACKET = 64;

export function buildDescriptors(usb: UsbDescription): Descriptors {
  const functional = usb.dfu && functionalDescriptor(usb.dfu);
  const interfaces = usb.alternates.map((_, alternate) => interfaceDescriptor(usb, alternate));
  const texts = [usb.manufacturer, usb.product, usb.serial, ...usb.alternates];
  return {
    identity: {
      vendorId: usb.vendorId,
      productId: usb.productId,
      deviceVersion: usb.deviceVersion,
      usbVersion: usb.usbVersion,
      manufacturerIndex: MANUFACTURER_INDEX,
      productIndex: PRODUCT_INDEX,
      serialIndex: SERIAL_INDEX,
    },
    alternateCount: usb.alternates.length,
    device: deviceDescriptor(usb),
    configuration: configurationDescriptor([...interfaces, ...(functional ? [functional] : [])]),
    functional: functional && Uint8Array.from(functional),
    strings: [Uint8Array.of(4, DescriptorType.string, ...word(ENGLISH_US)), ...texts.map(stringDescriptor)],
  };
}

function deviceDescriptor(usb: UsbDescription): Uint8Array {
  return Uint8Array.of(
    18,
    DescriptorType.device,
    ...word(usb.usbVersion),
    0, // class, subclass and protocol are the interface's
    0,
    0,
    CONTROL_PACKET,
    ...word(usb.vendorId),
    ...word(usb.productId),
    ...word(usb.deviceVersion),
    MANUFACTURER_INDEX,
    PRODUCT_INDEX,
    SERIAL_INDEX,
    1, // one configuration
  );
}

function configurationDescriptor(parts: readonly (readonly number[])[]): Uint8Array {
  const body = parts.flat();
  const header = [
    9,
    DescriptorType.configuration,
    ...word(9 + body.length),
    1, // one interface
    1, // its configuration value
    0,
    CONFIGURATION_ATTRIBUTES,
    MAX_POWER_2MA,
  ];
  return Uint8Array.from([...header, ...body]);
}

function interfaceDescriptor(usb: UsbDescription, alternate: number): number[] {
  const [cls, subclass, protocol] = usb.dfu ? [0xfe, 0x01, usb.dfu.protocol] : [0xff, 0, 0];
  return [
    9,
    DescriptorType.interface,
    0,
    alternate,
    0,
    cls,
    subclass,
    protocol,
    FIRST_ALTERNATE_INDEX + alternate,
  ];
}

function functionalDescriptor(dfu: DfuInterface): number[] {
  return [
    9,
    DescriptorType.dfuFunctional,
    dfu.attributes,
    ...word(dfu.detachTimeout),
    ...word(dfu.transferSize),
    ...word(dfu.version),
  ];
}

function stringDescriptor(content: StringContent): Uint8Array {
  const body =
    typeof content === 'string' ? Buffer.from(content, 'utf16le') : Buffer.from(content.utf8, 'utf8');
  return Uint8Array.of(2 + body.length, DescriptorType.string, ...body);
}

function word(value: number): [number, number] {
  return [value & 0xff, value >>> 8];
}

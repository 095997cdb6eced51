/**
 * A device that is nothing but its descriptors (USB 2.0 §9.6): what a published listing tells of one, as the bytes its host
 * read. It answers GET_DESCRIPTOR as devices do and refuses everything else.
 */
import { UsbError, describeSetup } from '../../src-main/usb/port.ts';
import type { ControlSetup, UsbDevice, UsbIdentity } from '../../src-main/usb/port.ts';

export interface Listing {
  readonly vendorId?: number;
  readonly productId?: number;
  /** bcdUSB. */
  readonly usbVersion: number;
  /** bcdDevice. */
  readonly deviceVersion: number;
  readonly manufacturer?: string;
  readonly product?: string;
  /** As the bytes of its descriptor where they are not the text in UTF-16. */
  readonly serial?: string | Uint8Array;
  /** Names of the alternate settings, as sent. */
  readonly names: readonly string[];
  /** bInterfaceProtocol: 1 for an application, 2 for a loader. */
  readonly protocol?: number;
  /** The functional descriptor; undefined where there is none. */
  readonly functional: Uint8Array | undefined;
  /** Descriptors of other interfaces, in front of the one for DFU. */
  readonly others?: Uint8Array;
}

const TYPE = { device: 1, configuration: 2, string: 3, interface: 4, functional: 0x21 } as const;
const SELF_POWERED = 0xc0;
const HUNDRED_MILLIAMPERES = 50;
const ENGLISH_US = 0x0409;
const NO_STRING = 0;
/** Manufacturer, product and serial number come first. */
const FIRST_NAME = 4;

const word = (value: number) => [value & 0xff, value >>> 8];

/** bmAttributes 0x0B is what ROMs say; a version of 0x011A is DfuSe. */
export function functional(transferSize: number, version = 0x011a, attributes = 0x0b): Uint8Array {
  const detachTimeout = 255;
  return Uint8Array.of(
    9,
    TYPE.functional,
    attributes,
    ...word(detachTimeout),
    ...word(transferSize),
    ...word(version),
  );
}

/** All alternate settings of one interface, then the functional descriptor: the order in all dumps of ST's loaders. */
export function configurationOf(listing: Listing): Uint8Array {
  const { names, protocol = 2, others = new Uint8Array() } = listing;
  const number = others.length > 0 ? 1 : 0;
  const settings = names.flatMap((name, alternate) => {
    const nameIndex = name === '' ? NO_STRING : FIRST_NAME + alternate;
    return [9, TYPE.interface, number, alternate, 0, 0xfe, 1, protocol, nameIndex];
  });
  const body = [...others, ...settings, ...(listing.functional ?? [])];
  const header = [9, TYPE.configuration, ...word(9 + body.length), number + 1, 1, NO_STRING];
  return Uint8Array.from([...header, SELF_POWERED, HUNDRED_MILLIAMPERES, ...body]);
}

function stringDescriptor(content: string | Uint8Array): Uint8Array {
  const bytes = typeof content === 'string' ? Buffer.from(content, 'utf16le') : content;
  return Uint8Array.of(2 + bytes.length, TYPE.string, ...bytes);
}

export class DescribedDevice implements UsbDevice {
  readonly path = '1-1';
  readonly address = 1;
  readonly identity: UsbIdentity;
  readonly #configuration: Uint8Array;
  readonly #strings: ReadonlyMap<number, Uint8Array>;

  constructor(listing: Listing) {
    const { manufacturer, product, serial, names } = listing;
    const { vendorId = 0x0483, productId = 0xdf11, usbVersion, deviceVersion } = listing;
    const texts = [manufacturer, product, serial, ...names];
    const index = (text: string | Uint8Array | undefined, at: number) =>
      text === undefined ? NO_STRING : at;
    this.identity = {
      vendorId,
      productId,
      usbVersion,
      deviceVersion,
      manufacturerIndex: index(manufacturer, 1),
      productIndex: index(product, 2),
      serialIndex: index(serial, 3),
    };
    this.#configuration = configurationOf(listing);
    this.#strings = new Map([
      [0, Uint8Array.of(4, TYPE.string, ...word(ENGLISH_US))],
      ...texts.flatMap((text, at): [number, Uint8Array][] =>
        text === undefined ? [] : [[at + 1, stringDescriptor(text)]],
      ),
    ]);
  }

  controlIn(setup: ControlSetup, length: number): Promise<Uint8Array> {
    const isGetDescriptor = setup.requestType === 0x80 && setup.request === 6;
    const [type, index] = [setup.value >>> 8, setup.value & 0xff];
    const found =
      type === TYPE.configuration && index === 0
        ? this.#configuration
        : type === TYPE.string
          ? this.#strings.get(index)
          : undefined;
    return isGetDescriptor && found
      ? Promise.resolve(found.slice(0, length))
      : Promise.reject(new UsbError('stall', describeSetup(setup)));
  }

  open = refuse;
  close = refuse;
  claim = refuse;
  selectAlternate = refuse;
  controlOut = refuse;
  reset = refuse;
}

function refuse(): Promise<never> {
  return Promise.reject(new UsbError('io', 'a device of paper only shows its descriptors'));
}

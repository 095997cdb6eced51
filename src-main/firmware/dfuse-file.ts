/**
 * The .dfu file of ST (UM0391), all fields little-endian:
 *
 *     prefix   11   "DfuSe", version 1, size of the file without its suffix (4), number of targets (1)
 *     target  274   "Target", alternate setting (1), named? (4), name (255), size of its elements (4), their number (4)
 *     element   8   address (4), size (4), then the data
 *     suffix   16   the DFU suffix with bcdDFU 0x011A
 *
 * A target is what one alternate setting of the bootloader gets: internal flash, option bytes, OTP, external memory.
 * Several targets for the same alternate setting are legal and count as one.
 */
import { hex } from '../../shared/address.ts';
import type { FileFault } from '../../shared/failure.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { badFile } from './bad-file.ts';
import { carriedName } from './carried-name.ts';
import type { SuffixTarget } from './dfu-suffix.ts';
import { appendSuffix, splitSuffix, SUFFIX_SIZE } from './dfu-suffix.ts';
import type { ImageRange, ImageTarget, OtherTarget } from './image.ts';
import { FirmwareImage } from './image.ts';

const DFUSE_VERSION = 0x011a;
const FORMAT_VERSION = 1;
const SIGNATURE = 'DfuSe';
const TARGET_SIGNATURE = 'Target';

/** Offsets of the fields in the prefix, in a target prefix and in an element header, with the size of each. */
const Prefix = { version: 5, imageSize: 6, targetCount: 10, size: 11 };
const Target = { alternate: 6, isNamed: 7, name: 11, targetSize: 266, elementCount: 270, size: 274 };
const Element = { address: 0, dataSize: 4, size: 8 };
const NAME_SIZE = Target.targetSize - Target.name;

/** Main flash of every STM32 with a DFU loader begins here, and none has as much as 16 MB (AN2606, memory maps). */
const MAIN_FLASH = { start: 0x0800_0000, end: 0x0900_0000 };

/**
 * The image's `ranges` are the data for internal flash: those of the lowest alternate setting with data in main flash.
 * @throws bad-file
 */
export function readDfuse(bytes: Uint8Array): FirmwareImage {
  if (bytes.length < Prefix.size) throw fault('truncated', 'The file ends within its prefix', bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const version = view.getUint8(Prefix.version);
  if (version !== FORMAT_VERSION) {
    throw fault('unsupported', `The DfuSe format version is ${version}, not 1`, Prefix.version);
  }
  const wantedSize = view.getUint32(Prefix.imageSize, true) + SUFFIX_SIZE;
  if (bytes.length !== wantedSize) {
    const kind = bytes.length < wantedSize ? 'truncated' : 'inconsistent';
    throw fault(kind, `The file announces ${wantedSize} bytes and has ${bytes.length}`, Prefix.imageSize);
  }
  const { body, target } = splitSuffix(bytes, DFUSE_VERSION, 'dfuse');
  return arrange(readTargets(body), target);
}

function readTargets(body: Uint8Array): OtherTarget[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const targets: OtherTarget[] = [];
  let offset = Prefix.size;
  for (let left = view.getUint8(Prefix.targetCount); left > 0; left--) {
    if (
      offset + Target.size > body.length ||
      text(body, offset, TARGET_SIGNATURE.length) !== TARGET_SIGNATURE
    ) {
      throw fault('inconsistent', `A target is missing, ${left} more should follow`, offset);
    }
    const start = offset + Target.size;
    const end = start + view.getUint32(offset + Target.targetSize, true);
    if (end > body.length) throw fault('inconsistent', 'A target is larger than the file', offset);
    const isNamed = view.getUint32(offset + Target.isNamed, true) !== 0;
    const name = carriedName(body.subarray(offset + Target.name, offset + Target.targetSize));
    targets.push({
      alternate: view.getUint8(offset + Target.alternate),
      ...(isNamed && name !== undefined && { name }),
      ranges: readElements(body, start, end, view.getUint32(offset + Target.elementCount, true)),
    });
    offset = end;
  }
  if (offset !== body.length) throw fault('inconsistent', 'There is data behind the last target', offset);
  return targets;
}

/** The elements must fill `[start, end)` exactly. */
function readElements(body: Uint8Array, start: number, end: number, count: number): ImageRange[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const elements: ImageRange[] = [];
  let offset = start;
  for (let left = count; left > 0; left--) {
    if (offset + Element.size > end) {
      throw fault('inconsistent', `An element is missing, ${left} more should follow`, offset);
    }
    const address = view.getUint32(offset + Element.address, true);
    const next = offset + Element.size + view.getUint32(offset + Element.dataSize, true);
    if (next > end) {
      throw fault('inconsistent', `The element at ${hex(address)} is larger than its target`, offset);
    }
    elements.push({ address, bytes: body.subarray(offset + Element.size, next) });
    offset = next;
  }
  if (offset !== end) throw fault('inconsistent', 'There is data behind the last element', offset);
  return elements;
}

/** Joins targets of the same alternate setting, and tells internal flash from the rest. */
function arrange(targets: readonly OtherTarget[], suffix: SuffixTarget): FirmwareImage {
  const merged = [...new Set(targets.map((target) => target.alternate))].map((alternate): OtherTarget => {
    const same = targets.filter((target) => target.alternate === alternate);
    const name = same.find((target) => target.name !== undefined)?.name;
    return {
      alternate,
      ...(name !== undefined && { name }),
      ranges: same.flatMap((target) => target.ranges),
    };
  });
  const [flash] = merged.filter(hasMainFlash).sort((a, b) => a.alternate - b.alternate);
  const target: ImageTarget = {
    ...suffix,
    ...(flash?.name !== undefined && { name: flash.name }),
    alternates: merged.map(({ alternate, name }) => ({
      number: alternate,
      ...(name !== undefined && { name }),
    })),
  };
  return FirmwareImage.from(
    flash?.ranges ?? [],
    target,
    merged.filter((other) => other !== flash),
  );
}

function hasMainFlash(target: OtherTarget): boolean {
  return target.ranges.some(
    ({ address, bytes }) => bytes.length > 0 && address >= MAIN_FLASH.start && address < MAIN_FLASH.end,
  );
}

function text(bytes: Uint8Array, offset: number, length: number): string {
  return Buffer.from(bytes.subarray(offset, offset + length)).toString('latin1');
}

function fault(kind: FileFault, what: string, offset: number) {
  return badFile(kind, `${what}.`, { format: 'dfuse', offset });
}

/** What is not given is taken from the image, and what that does not know is written as "any". */
export interface DfuseOptions extends SuffixTarget {
  /** Name of the internal flash target: at most 254 bytes of UTF-8. */
  readonly name?: string;
  /** Alternate setting of internal flash; 0 on every ROM bootloader. */
  readonly alternate?: number;
}

/** One target for the image's `ranges`, then its other targets as they are. @throws usage for a name too long */
export function writeDfuse(image: FirmwareImage, options: DfuseOptions = {}): Uint8Array {
  const { name = image.target.name, alternate = 0 } = options;
  const flash: OtherTarget = { alternate, ...(name !== undefined && { name }), ranges: image.ranges };
  const targets = [...(image.ranges.length > 0 ? [flash] : []), ...image.otherTargets].map(encodeTarget);
  const body = Buffer.concat([new Uint8Array(Prefix.size), ...targets]);
  body.write(SIGNATURE, 'latin1');
  body.writeUInt8(FORMAT_VERSION, Prefix.version);
  body.writeUInt32LE(body.length, Prefix.imageSize);
  body.writeUInt8(targets.length, Prefix.targetCount);
  return appendSuffix(body, DFUSE_VERSION, { ...image.target, ...options });
}

function encodeTarget({ alternate, name, ranges }: OtherTarget): Uint8Array {
  const elements = Buffer.concat(
    ranges.flatMap(({ address, bytes }) => [elementHeader(address, bytes), bytes]),
  );
  const prefix = Buffer.alloc(Target.size);
  prefix.write(TARGET_SIGNATURE, 'latin1');
  prefix.writeUInt8(alternate, Target.alternate);
  prefix.writeUInt32LE(name === undefined ? 0 : 1, Target.isNamed);
  const nameBytes = Buffer.from(name ?? '');
  // The last byte stays NUL: readers take the field for a C string.
  if (nameBytes.length >= NAME_SIZE) {
    throw new StepwiseError('usage', { problem: `The target name has more than ${NAME_SIZE - 1} bytes.` });
  }
  prefix.set(nameBytes, Target.name);
  prefix.writeUInt32LE(elements.length, Target.targetSize);
  prefix.writeUInt32LE(ranges.length, Target.elementCount);
  return Buffer.concat([prefix, elements]);
}

function elementHeader(address: number, bytes: Uint8Array): Uint8Array {
  const header = Buffer.alloc(Element.size);
  header.writeUInt32LE(address, Element.address);
  header.writeUInt32LE(bytes.length, Element.dataSize);
  return header;
}

import { viewOf } from './packet.ts';
import type { Breakage, Packet } from './packet.ts';

/**
 * The newer format of capture files, what Wireshark and dumpcap write: a row of blocks, each with its type in front and its
 * length at both ends. A section header tells the byte order of what follows and forgets all interfaces; interface
 * blocks number themselves; packet blocks refer to an interface by its number (draft-ietf-opsawg-pcapng). Blocks of
 * other types are stepped over, and so are all options but the two that tell what the times mean.
 */

const BlockType = {
  /** Reads the same in both byte orders. */
  sectionHeader: 0x0a0d_0d0a,
  interfaceDescription: 1,
  simplePacket: 3,
  enhancedPacket: 6,
} as const;

const BYTE_ORDER_MAGIC = 0x1a2b_3c4d;
const BYTE_ORDER_MAGIC_SWAPPED = 0x4d3c_2b1a;
const MAGIC_AT = 8;
/** Type, length, and the length again. */
const SMALLEST_BLOCK = 12;
const SMALLEST_SECTION_HEADER = 28;
/** No machine has so many; each costs memory. */
const MOST_INTERFACES = 4_096;

/** Lengths of bodies without options and data. */
const INTERFACE_BODY = 8;
const ENHANCED_PACKET_BODY = 20;
const SIMPLE_PACKET_BODY = 4;

const OptionCode = { end: 0, timeResolution: 9, timeOffset: 14 } as const;
const OPTION_HEADER = 4;

interface Interface {
  readonly linkType: number;
  /** Most bytes kept of a packet; 0 for no limit. */
  readonly snapLength: number;
  readonly ticksPerMillisecond: number;
  /** Milliseconds to add to every time. */
  readonly timeOffset: number;
}

const MILLISECONDS_PER_SECOND = 1_000;
/** Where an interface does not tell: microseconds. */
const DEFAULT_TICKS_PER_MILLISECOND = 1_000;

export function isPcapng(file: Uint8Array): boolean {
  return file.length >= 4 && viewOf(file).getUint32(0) === BlockType.sectionHeader;
}

/** The packets in their order; where the file cannot be read to its end, a {@link Breakage} is the last. Never throws. */
export function* readPcapng(file: Uint8Array): Generator<Packet | Breakage, void> {
  let interfaces: Interface[] = [];
  for (const block of blocksOf(file)) {
    if ('problem' in block) {
      yield block;
      return;
    }
    if (block.type === BlockType.sectionHeader) {
      interfaces = [];
    } else if (block.type === BlockType.interfaceDescription) {
      const described = interfaceIn(block);
      if (!described || interfaces.length >= MOST_INTERFACES) {
        yield { problem: 'an interface is not described, or there are too many', offset: block.offset };
        return;
      }
      interfaces.push(described);
    } else if (block.type === BlockType.enhancedPacket || block.type === BlockType.simplePacket) {
      const packet =
        block.type === BlockType.enhancedPacket
          ? enhancedPacketIn(block, interfaces)
          : simplePacketIn(block, interfaces);
      if (!packet) {
        yield { problem: 'a packet contradicts its block or its interface', offset: block.offset };
        return;
      }
      yield packet;
    }
  }
}

interface Block {
  readonly type: number;
  readonly littleEndian: boolean;
  /** Without type and lengths. */
  readonly body: Uint8Array;
  /** Of the whole block, in bytes from the beginning of the file. */
  readonly offset: number;
}

function* blocksOf(file: Uint8Array): Generator<Block | Breakage, void> {
  const view = viewOf(file);
  let littleEndian = true;
  for (let offset = 0; offset < file.length;) {
    const left = file.length - offset;
    if (left < SMALLEST_BLOCK) {
      yield { problem: 'the file ends in a block', offset };
      return;
    }
    const type = view.getUint32(offset, littleEndian);
    if (type === BlockType.sectionHeader) {
      const order = view.getUint32(offset + MAGIC_AT, true);
      littleEndian = order === BYTE_ORDER_MAGIC;
      if (!littleEndian && order !== BYTE_ORDER_MAGIC_SWAPPED) {
        yield { problem: 'a section does not tell its byte order', offset };
        return;
      }
    }
    const length = view.getUint32(offset + 4, littleEndian);
    const problem = problemOf(length, left, type);
    if (problem !== undefined) {
      yield { problem, offset };
      return;
    }
    if (view.getUint32(offset + length - 4, littleEndian) !== length) {
      yield { problem: 'a block has two different lengths', offset };
      return;
    }
    yield { type, littleEndian, body: file.subarray(offset + 8, offset + length - 4), offset };
    offset += length;
  }
}

function problemOf(length: number, left: number, type: number): string | undefined {
  const least = type === BlockType.sectionHeader ? SMALLEST_SECTION_HEADER : SMALLEST_BLOCK;
  if (length < least || length % 4 !== 0) return `there is no block of ${length} bytes`;
  return length > left ? `a block of ${length} bytes goes beyond the end of the file` : undefined;
}

function interfaceIn({ body, littleEndian }: Block): Interface | undefined {
  if (body.length < INTERFACE_BODY) return undefined;
  const view = viewOf(body);
  const options = body.subarray(INTERFACE_BODY);
  const [resolution] = option(options, OptionCode.timeResolution, littleEndian) ?? [];
  const offset = option(options, OptionCode.timeOffset, littleEndian);
  return {
    linkType: view.getUint16(0, littleEndian),
    snapLength: view.getUint32(4, littleEndian),
    ticksPerMillisecond: resolution === undefined ? DEFAULT_TICKS_PER_MILLISECOND : ticksOf(resolution),
    timeOffset:
      offset?.length === 8
        ? Number(viewOf(offset).getBigInt64(0, littleEndian)) * MILLISECONDS_PER_SECOND
        : 0,
  };
}

/** The option is an exponent: of two where its highest bit is set, else of ten; in ticks of a second. */
function ticksOf(resolution: number): number {
  const exponent = resolution & 0x7f;
  return (resolution & 0x80 ? 2 ** exponent : 10 ** exponent) / MILLISECONDS_PER_SECOND;
}

/** The value of the first option with this code. */
function option(options: Uint8Array, code: number, littleEndian: boolean): Uint8Array | undefined {
  const view = viewOf(options);
  for (let at = 0; at + OPTION_HEADER <= options.length;) {
    const found = view.getUint16(at, littleEndian);
    const length = view.getUint16(at + 2, littleEndian);
    const begin = at + OPTION_HEADER;
    if (found === OptionCode.end || begin + length > options.length) return undefined;
    if (found === code) return options.subarray(begin, begin + length);
    at = begin + padded(length);
  }
  return undefined;
}

function padded(length: number): number {
  return (length + 3) & ~3;
}

function enhancedPacketIn(
  { body, littleEndian, offset }: Block,
  interfaces: readonly Interface[],
): Packet | undefined {
  if (body.length < ENHANCED_PACKET_BODY) return undefined;
  const view = viewOf(body);
  const from = interfaces[view.getUint32(0, littleEndian)];
  const kept = view.getUint32(12, littleEndian);
  if (!from || kept > body.length - ENHANCED_PACKET_BODY) return undefined;
  const ticks = view.getUint32(4, littleEndian) * 2 ** 32 + view.getUint32(8, littleEndian);
  return {
    linkType: from.linkType,
    littleEndian,
    offset,
    bytes: body.subarray(ENHANCED_PACKET_BODY, ENHANCED_PACKET_BODY + kept),
    time: ticks / from.ticksPerMillisecond + from.timeOffset,
  };
}

/** Belongs to the first interface, has no time, and leaves it to the reader how much of it was kept. */
function simplePacketIn(
  { body, littleEndian, offset }: Block,
  [from]: readonly Interface[],
): Packet | undefined {
  if (!from || body.length < SIMPLE_PACKET_BODY) return undefined;
  const original = viewOf(body).getUint32(0, littleEndian);
  const kept = from.snapLength === 0 ? original : Math.min(original, from.snapLength);
  if (kept > body.length - SIMPLE_PACKET_BODY) return undefined;
  return {
    linkType: from.linkType,
    littleEndian,
    offset,
    bytes: body.subarray(SIMPLE_PACKET_BODY, SIMPLE_PACKET_BODY + kept),
    time: undefined,
  };
}

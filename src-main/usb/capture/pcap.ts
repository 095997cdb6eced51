import { viewOf } from './packet.ts';
import type { Breakage, Packet } from './packet.ts';

/**
 * The older format of capture files, what tcpdump and USBPcap write: a header of 24 bytes, then packet after packet, each
 * with a header of 16. All packets are of one kind of link. The first four bytes tell the byte order of all the others
 * and the unit of the times (draft-ietf-opsawg-pcap).
 */

interface Variant {
  readonly littleEndian: boolean;
  /** How many units the fraction of a second has in a millisecond. */
  readonly unitsPerMillisecond: number;
}

/** The first four bytes, read as a big-endian number. */
const VARIANTS: ReadonlyMap<number, Variant> = new Map([
  [0xa1b2_c3d4, { littleEndian: false, unitsPerMillisecond: 1_000 }],
  [0xd4c3_b2a1, { littleEndian: true, unitsPerMillisecond: 1_000 }],
  [0xa1b2_3c4d, { littleEndian: false, unitsPerMillisecond: 1_000_000 }],
  [0x4d3c_b2a1, { littleEndian: true, unitsPerMillisecond: 1_000_000 }],
]);

const MAGIC_LENGTH = 4;
const FILE_HEADER_LENGTH = 24;
const PACKET_HEADER_LENGTH = 16;
/** The upper half of the field holds flags. */
const LINK_TYPE = 0xffff;
const MILLISECONDS = 1_000;

export function isPcap(file: Uint8Array): boolean {
  return variantOf(file) !== undefined;
}

/** The packets in their order; where the file cannot be read to its end, a {@link Breakage} is the last. Never throws. */
export function* readPcap(file: Uint8Array): Generator<Packet | Breakage, void> {
  const variant = variantOf(file);
  if (!variant || file.length < FILE_HEADER_LENGTH) {
    yield { problem: 'the file ends in its header', offset: file.length };
    return;
  }
  const { littleEndian, unitsPerMillisecond } = variant;
  const view = viewOf(file);
  const linkType = view.getUint32(20, littleEndian) & LINK_TYPE;
  for (let at = FILE_HEADER_LENGTH; at < file.length;) {
    const begin = at + PACKET_HEADER_LENGTH;
    if (begin > file.length) {
      yield { problem: 'the file ends in the header of a packet', offset: at };
      return;
    }
    const kept = view.getUint32(at + 8, littleEndian);
    if (kept > file.length - begin) {
      yield { problem: `a packet of ${kept} bytes goes beyond the end of the file`, offset: at };
      return;
    }
    const seconds = view.getUint32(at, littleEndian);
    const fraction = view.getUint32(at + 4, littleEndian);
    yield {
      linkType,
      littleEndian,
      offset: at,
      bytes: file.subarray(begin, begin + kept),
      time: seconds * MILLISECONDS + fraction / unitsPerMillisecond,
    };
    at = begin + kept;
  }
}

function variantOf(file: Uint8Array): Variant | undefined {
  return file.length < MAGIC_LENGTH ? undefined : VARIANTS.get(viewOf(file).getUint32(0));
}

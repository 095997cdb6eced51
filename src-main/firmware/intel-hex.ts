/**
 * Intel HEX (Hexadecimal Object File Format Specification, revision A, 1988). Each line is a record
 *
 *     :LLAAAATT[DD…]CC    length, offset, type, data, checksum (two's complement of the sum)
 *
 * The 16-bit offset counts from a base that two record types set. Type 04 gives the upper half of a 32-bit address, and
 * data may run on across 64 KB. Type 02 gives an 8086 segment, and there the offset wraps to the segment's start.
 */
import type { FileFault } from '../../shared/failure.ts';
import { badFile } from './bad-file.ts';
import { FirmwareImage } from './image.ts';
import type { TextLine } from './text-records.ts';
import { bigEndian, byteSum, decodeHexPairs, RecordPieces, textLines } from './text-records.ts';

const RecordType = {
  data: 0,
  endOfFile: 1,
  extendedSegmentAddress: 2,
  startSegmentAddress: 3,
  extendedLinearAddress: 4,
  startLinearAddress: 5,
} as const;

/** Bytes of data a record must have, by its type; data records may have any number. */
const FIXED_LENGTHS: readonly (number | undefined)[] = [undefined, 0, 2, 4, 2, 4];

const COLON = ':'.charCodeAt(0);
const SEGMENT_SIZE = 0x1_0000;
/** Length, offset (2), type; then come the data and one byte of checksum. */
const HEADER_SIZE = 4;
const MAX_RECORD_SIZE = HEADER_SIZE + 255 + 1;

interface HexRecord {
  readonly type: number;
  readonly offset: number;
  /** Bytes of data; they stand in the record behind the header until the next record is decoded. */
  readonly length: number;
}

/**
 * Records may come in any order of addresses; the end record must be the last.
 * @throws bad-file
 */
export function readIntelHex(text: Uint8Array): FirmwareImage {
  const record = new Uint8Array(MAX_RECORD_SIZE);
  const pieces = new RecordPieces(text.length);
  let base = 0;
  let segmented = false;
  let entryPoint: number | undefined;
  let ended = false;

  for (const line of textLines(text)) {
    if (ended) throw fault(line, 'after-end-record', 'stands behind the end record');
    const { type, offset, length } = decodeRecord(text, line, record);
    const end = HEADER_SIZE + length;
    switch (type) {
      case RecordType.data: {
        const wrap = segmented ? Math.min(HEADER_SIZE + SEGMENT_SIZE - offset, end) : end;
        pieces.append(base + offset, record, HEADER_SIZE, wrap);
        pieces.append(base, record, wrap, end);
        break;
      }
      case RecordType.endOfFile:
        ended = true;
        break;
      case RecordType.extendedSegmentAddress:
        base = bigEndian(record, HEADER_SIZE, end) * 16;
        segmented = true;
        break;
      case RecordType.extendedLinearAddress:
        base = bigEndian(record, HEADER_SIZE, end) * SEGMENT_SIZE;
        segmented = false;
        break;
      case RecordType.startSegmentAddress:
        entryPoint =
          bigEndian(record, HEADER_SIZE, HEADER_SIZE + 2) * 16 + bigEndian(record, HEADER_SIZE + 2, end);
        break;
      case RecordType.startLinearAddress:
        entryPoint = bigEndian(record, HEADER_SIZE, end);
        break;
    }
  }
  if (!ended) {
    throw badFile('no-end-record', 'The file stops before its end record.', { format: 'intel-hex' });
  }
  return FirmwareImage.from(pieces.pieces(), entryPoint === undefined ? {} : { entryPoint });
}

function decodeRecord(text: Uint8Array, line: TextLine, record: Uint8Array): HexRecord {
  if (text[line.start] !== COLON) throw fault(line, 'bad-record', 'does not begin with a colon');
  const size = decodeHexPairs(text, line.start + 1, line.end, record);
  if (size === undefined) throw fault(line, 'bad-record', 'is not made of pairs of hexadecimal digits');
  const length = bigEndian(record, 0, 1);
  if (size !== HEADER_SIZE + length + 1) {
    throw fault(line, 'bad-record', `does not have the ${length} bytes of data it announces`);
  }
  if ((byteSum(record, 0, size) & 0xff) !== 0) {
    throw fault(line, 'bad-checksum', 'does not match its checksum');
  }
  const type = bigEndian(record, 3, HEADER_SIZE);
  if (type >= FIXED_LENGTHS.length) throw fault(line, 'bad-record', `has the unknown record type ${type}`);
  if (length !== (FIXED_LENGTHS[type] ?? length)) {
    throw fault(line, 'bad-record', `has ${length} bytes of data, too few or too many for its type ${type}`);
  }
  return { type, offset: bigEndian(record, 1, 3), length };
}

function fault(line: TextLine, kind: FileFault, what: string) {
  return badFile(kind, `Line ${line.number} ${what}.`, { format: 'intel-hex', line: line.number });
}

const BYTES_PER_LINE = 16;

/** 16 bytes a line, upper case, LF, addresses by type 04; a type 05 record where the image has an entry point. */
export function writeIntelHex(image: FirmwareImage): Uint8Array {
  const lines: string[] = [];
  let upperHalf = 0;
  for (const { address: start, bytes } of image.ranges) {
    let done = 0;
    while (done < bytes.length) {
      const address = start + done;
      const offset = address % SEGMENT_SIZE;
      if (address - offset !== upperHalf * SEGMENT_SIZE) {
        upperHalf = (address - offset) / SEGMENT_SIZE;
        lines.push(encodeRecord(RecordType.extendedLinearAddress, 0, [upperHalf >> 8, upperHalf & 0xff]));
      }
      const length = Math.min(BYTES_PER_LINE, SEGMENT_SIZE - offset);
      const data = bytes.subarray(done, done + length);
      lines.push(encodeRecord(RecordType.data, offset, data));
      done += data.length;
    }
  }
  const { entryPoint } = image.target;
  if (entryPoint !== undefined) {
    const bytes = [
      entryPoint >>> 24,
      (entryPoint >>> 16) & 0xff,
      (entryPoint >>> 8) & 0xff,
      entryPoint & 0xff,
    ];
    lines.push(encodeRecord(RecordType.startLinearAddress, 0, bytes));
  }
  lines.push(encodeRecord(RecordType.endOfFile, 0, []));
  return new TextEncoder().encode(lines.join(''));
}

function encodeRecord(type: number, offset: number, data: ArrayLike<number>): string {
  const record = Buffer.from([data.length, offset >> 8, offset & 0xff, type, ...Array.from(data), 0]);
  record[record.length - 1] = -byteSum(record, 0, record.length - 1) & 0xff;
  return `:${record.toString('hex').toUpperCase()}\n`;
}

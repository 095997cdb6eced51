/**
 * Motorola S-records. Each line is
 *
 *     STCCAA…[DD…]KK    type, count of the bytes behind it, address, data, checksum (ones' complement of the sum)
 *
 * S1, S2 and S3 carry data at a 16-, 24- or 32-bit address; S9, S8 and S7 end the file and name the start address;
 * S0 is a header with text; S5 and S6 tell how many data records came before.
 */
import type { FileFault } from '../../shared/failure.ts';
import { badFile } from './bad-file.ts';
import { carriedName } from './carried-name.ts';
import type { ImageTarget } from './image.ts';
import { FirmwareImage } from './image.ts';
import type { TextLine } from './text-records.ts';
import { bigEndian, byteSum, decodeHexPairs, RecordPieces, textLines } from './text-records.ts';

type RecordKind = 'header' | 'data' | 'count' | 'end';

/** By the digit behind the S; S4 is reserved. */
const RECORD_TYPES: readonly ({ readonly kind: RecordKind; readonly addressSize: number } | undefined)[] = [
  { kind: 'header', addressSize: 2 },
  { kind: 'data', addressSize: 2 },
  { kind: 'data', addressSize: 3 },
  { kind: 'data', addressSize: 4 },
  undefined,
  { kind: 'count', addressSize: 2 },
  { kind: 'count', addressSize: 3 },
  { kind: 'end', addressSize: 4 },
  { kind: 'end', addressSize: 3 },
  { kind: 'end', addressSize: 2 },
];

const LETTER_S = 'S'.charCodeAt(0);
const DIGIT_0 = '0'.charCodeAt(0);
/** The count byte and the at most 255 bytes it counts. */
const MAX_RECORD_SIZE = 256;

interface SRecord {
  readonly kind: RecordKind;
  readonly address: number;
  /** Where the data stand in the record until the next one is decoded. */
  readonly start: number;
  readonly end: number;
}

/**
 * Records may come in any order of addresses; the end record must be there and must be the last.
 * @throws bad-file
 */
export function readSRecord(text: Uint8Array): FirmwareImage {
  const record = new Uint8Array(MAX_RECORD_SIZE);
  const pieces = new RecordPieces(text.length);
  let dataRecords = 0;
  let name: string | undefined;
  let entryPoint: number | undefined;
  let ended = false;

  for (const line of textLines(text)) {
    if (ended) throw fault(line, 'after-end-record', 'stands behind the end record');
    const { kind, address, start, end } = decodeRecord(text, line, record);
    switch (kind) {
      case 'header':
        name = carriedName(record.subarray(start, end));
        break;
      case 'data':
        dataRecords++;
        pieces.append(address, record, start, end);
        break;
      case 'count':
        if (address !== dataRecords) {
          throw fault(
            line,
            'inconsistent',
            `counts ${address} data records, but ${dataRecords} stand before it`,
          );
        }
        break;
      case 'end':
        // Tools write 0 where they know of no start address.
        entryPoint = address || undefined;
        ended = true;
        break;
    }
  }
  if (!ended) {
    throw badFile('no-end-record', 'The file stops before its end record.', { format: 's-record' });
  }
  const target: ImageTarget = {
    ...(name !== undefined && { name }),
    ...(entryPoint !== undefined && { entryPoint }),
  };
  return FirmwareImage.from(pieces.pieces(), target);
}

function decodeRecord(text: Uint8Array, line: TextLine, record: Uint8Array): SRecord {
  if (text[line.start] !== LETTER_S) throw fault(line, 'bad-record', 'does not begin with the letter S');
  const type = RECORD_TYPES[(text[line.start + 1] ?? 0) - DIGIT_0];
  if (type === undefined) throw fault(line, 'bad-record', 'is of an unknown record type');
  const size = decodeHexPairs(text, line.start + 2, line.end, record);
  if (size === undefined) throw fault(line, 'bad-record', 'is not made of pairs of hexadecimal digits');
  const count = bigEndian(record, 0, 1);
  if (size !== 1 + count) throw fault(line, 'bad-record', `does not have the ${count} bytes it announces`);
  const dataStart = 1 + type.addressSize;
  if (size < dataStart + 1) throw fault(line, 'bad-record', 'is too short for its address');
  if ((byteSum(record, 0, size) & 0xff) !== 0xff) {
    throw fault(line, 'bad-checksum', 'does not match its checksum');
  }
  return { kind: type.kind, address: bigEndian(record, 1, dataStart), start: dataStart, end: size - 1 };
}

function fault(line: TextLine, kind: FileFault, what: string) {
  return badFile(kind, `Line ${line.number} ${what}.`, { format: 's-record', line: line.number });
}

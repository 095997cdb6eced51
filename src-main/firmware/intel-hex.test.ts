import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirmwareImage } from './image.ts';
import { readIntelHex, writeIntelHex } from './intel-hex.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const bytes = (...values: number[]) => Uint8Array.from(values);
const END = ':00000001FF\n';

function failureOf(text: string): unknown {
  try {
    return readIntelHex(ascii(text));
  } catch (error) {
    return error;
  }
}

/** A record with its right checksum. */
function record(type: number, offset: number, ...data: number[]): string {
  const all = [data.length, offset >> 8, offset & 0xff, type, ...data];
  const checksum = -all.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return `:${Buffer.from([...all, checksum])
    .toString('hex')
    .toUpperCase()}\n`;
}

describe('Intel HEX is read', () => {
  it('from the bytes of the specification', () => {
    const image = readIntelHex(
      ascii(':020000040800F2\n:0400100001020304E2\n:0400000508000011DE\n:00000001FF\n'),
    );
    expect(image.ranges).toEqual([{ address: 0x0800_0010, bytes: bytes(1, 2, 3, 4) }]);
    expect(image.target).toEqual({ entryPoint: 0x0800_0011 });
  });

  it.each([
    ['CR LF', '\r\n'],
    ['CR alone', '\r'],
    ['blank lines', '\n\n \t\n'],
    ['blanks at both ends of a line', ' \t\n\t '],
  ])('with %s', (_, newline) => {
    const text = (':020000040800F2\n:0400100001020304E2\n' + END).replaceAll('\n', newline);
    expect(readIntelHex(ascii(text)).ranges).toEqual([{ address: 0x0800_0010, bytes: bytes(1, 2, 3, 4) }]);
  });

  it('without an end to its last line', () => {
    expect(readIntelHex(ascii(record(0, 0, 1) + END.trim())).size).toBe(1);
  });

  it('in lower case', () => {
    const text = record(0, 0xab, 0xcd, 0xef) + END;
    expect(readIntelHex(ascii(text.toLowerCase()))).toEqual(readIntelHex(ascii(text)));
  });

  it('with records in any order, gaps kept', () => {
    const text = record(0, 0x20, 5) + record(0, 2, 3, 4) + record(0, 0, 1, 2) + END;
    expect(readIntelHex(ascii(text)).ranges).toEqual([
      { address: 0, bytes: bytes(1, 2, 3, 4) },
      { address: 0x20, bytes: bytes(5) },
    ]);
  });

  it('wrapping within the segment of a type 02 record', () => {
    const text = record(2, 0, 0x10, 0x00) + record(0, 0xfffe, 1, 2, 3, 4) + END;
    expect(readIntelHex(ascii(text)).ranges).toEqual([
      { address: 0x1_0000, bytes: bytes(3, 4) },
      { address: 0x1_fffe, bytes: bytes(1, 2) },
    ]);
  });

  it('running on across 64 KB after a type 04 record, also after a segment before', () => {
    const text = record(2, 0, 0x10, 0x00) + record(4, 0, 0x08, 0x00) + record(0, 0xfffe, 1, 2, 3, 4) + END;
    expect(readIntelHex(ascii(text)).ranges).toEqual([{ address: 0x0800_fffe, bytes: bytes(1, 2, 3, 4) }]);
  });

  it('with the start address of a type 03 record', () => {
    const text = record(3, 0, 0x12, 0x34, 0x00, 0x05) + record(0, 0, 1) + END;
    expect(readIntelHex(ascii(text)).target).toEqual({ entryPoint: 0x1_2345 });
  });

  it('with the longest record there is', () => {
    const data = Array.from({ length: 255 }, (_, i) => i);
    expect(readIntelHex(ascii(record(0, 0, ...data) + END)).size).toBe(255);
  });
});

describe('Intel HEX is refused', () => {
  it.each([
    ['a wrong checksum', ':0400100001020304E3\n' + END, 'bad-checksum', 1],
    ['a flipped digit', record(0, 0, 1) + ':0400100001020305E2\n' + END, 'bad-checksum', 2],
    ['a record behind the end record', END + record(0, 0, 1), 'after-end-record', 2],
    ['two end records', END + '\r\n' + END, 'after-end-record', 3],
    ['text in place of a record', record(0, 0, 1) + '; comment\n' + END, 'bad-record', 2],
    ['a letter that is no digit', ':04001000010203G4E2\n' + END, 'bad-record', 1],
    ['half a byte', ':0400100001020304E\n' + END, 'bad-record', 1],
    ['fewer bytes than announced', ':0400100001020304\n' + END, 'bad-record', 1],
    ['more bytes than announced', ':0300100001020304E2\n' + END, 'bad-record', 1],
    ['a colon alone', ':\n' + END, 'bad-record', 1],
    ['a line without end', ':' + '00'.repeat(400) + '\n' + END, 'bad-record', 1],
    ['an unknown record type', record(6, 0) + END, 'bad-record', 1],
    ['a base address of one byte', record(4, 0, 8) + END, 'bad-record', 1],
    ['an end record with data', record(1, 0, 8), 'bad-record', 1],
  ])('for %s', (_, text, fault, line) => {
    expect(failureOf(text)).toMatchObject({
      code: 'bad-file',
      phase: 'read-file',
      facts: { fault, line, format: 'intel-hex' },
    });
  });

  it('without an end record', () => {
    expect(failureOf(record(0, 0, 1))).toMatchObject({ code: 'bad-file', facts: { fault: 'no-end-record' } });
  });

  it('for two records with the same byte, equal or not', () => {
    const text = record(0, 0, 1, 2) + record(0, 1, 2) + END;
    expect(failureOf(text)).toMatchObject({ code: 'bad-file', facts: { fault: 'overlap' } });
  });

  it('for data behind the 32-bit address space', () => {
    const text = record(4, 0, 0xff, 0xff) + record(0, 0xffff, 1, 2) + END;
    expect(failureOf(text)).toMatchObject({ code: 'bad-file', facts: { fault: 'address-range' } });
  });

  it('wherever it is cut off', () => {
    const whole = (record(4, 0, 8, 0) + record(0, 0, 1, 2) + record(0, 2, 3) + END).trim();
    for (let length = 0; length < whole.length; length++) {
      expect(failureOf(whole.slice(0, length)), `cut to ${length}`).toMatchObject({ code: 'bad-file' });
    }
  });
});

describe('Intel HEX is written', () => {
  it('with base addresses where they change and the entry point before the end', () => {
    const image = FirmwareImage.from(
      [
        { address: 0x0800_fffe, bytes: bytes(1, 2, 3) },
        { address: 4, bytes: bytes(0xff) },
      ],
      { entryPoint: 0x0800_0011 },
    );
    expect(Buffer.from(writeIntelHex(image)).toString()).toBe(
      ':01000400FFFC\n:020000040800F2\n:02FFFE000102FE\n:020000040801F1\n:0100000003FC\n:0400000508000011DE\n' +
        END,
    );
  });

  it('so that it is read back the same', () => {
    const range = fc.record({
      address: fc.integer({ min: 0, max: 0xfffe_0000 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 100 }),
    });
    fc.assert(
      fc.property(
        fc.array(range, { maxLength: 4 }),
        fc.option(fc.nat(0xffff_ffff), { nil: undefined }),
        (pieces, entryPoint) => {
          const apart = pieces.filter(
            (a, i) => !pieces.slice(0, i).some((b) => Math.abs(a.address - b.address) <= 100),
          );
          const image = FirmwareImage.from(apart, entryPoint === undefined ? {} : { entryPoint });
          expect(readIntelHex(writeIntelHex(image))).toEqual(image);
        },
      ),
    );
  });
});

it('reads 2 MB of Intel HEX, more than 130 000 lines', () => {
  const content = new Uint8Array(2 * 1024 * 1024).map((_, i) => (i * 31) ^ (i >> 8));
  const image = FirmwareImage.from([{ address: 0x0800_0000, bytes: content }]);
  const [range, ...others] = readIntelHex(writeIntelHex(image)).ranges;
  expect([range?.address, range?.bytes.length, others]).toEqual([0x0800_0000, content.length, []]);
  expect(Buffer.compare(range?.bytes ?? new Uint8Array(), content)).toBe(0);
});

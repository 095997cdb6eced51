import { describe, expect, it } from 'vitest';
import { readSRecord } from './s-record.ts';

const ascii = (text: string) => new TextEncoder().encode(text);
const bytes = (...values: number[]) => Uint8Array.from(values);

function failureOf(text: string): unknown {
  try {
    return readSRecord(ascii(text));
  } catch (error) {
    return error;
  }
}

/** A record with its right count and checksum; `body` is the address and the data. */
function record(type: number, ...body: number[]): string {
  const counted = [body.length + 1, ...body];
  const checksum = ~counted.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return `S${type}${Buffer.from([...counted, checksum])
    .toString('hex')
    .toUpperCase()}\n`;
}
const END = record(9, 0, 0);

describe('S-records are read', () => {
  it('from hand-made bytes', () => {
    const image = readSRecord(ascii('S0050000686929\nS3090800001001020304D4\nS5030001FB\nS70508000011E1\n'));
    expect(image.ranges).toEqual([{ address: 0x0800_0010, bytes: bytes(1, 2, 3, 4) }]);
    expect(image.target).toEqual({ name: 'hi', entryPoint: 0x0800_0011 });
  });

  it.each([
    ['S1', record(1, 0x12, 0x34, 7), record(9, 0, 0), 0x1234],
    ['S2', record(2, 0x08, 0x12, 0x34, 7), record(8, 0, 0, 0), 0x08_1234],
    ['S3', record(3, 0x08, 0x12, 0x34, 0x56, 7), record(7, 0, 0, 0, 0), 0x0812_3456],
  ])('with the address size of %s', (_, data, end, address) => {
    const image = readSRecord(ascii(data + end));
    expect(image.ranges).toEqual([{ address, bytes: bytes(7) }]);
  });

  it('taking a start address of 0 for none', () => {
    expect(readSRecord(ascii(record(1, 0, 0, 7) + END)).target).toEqual({});
  });

  it('in any order, with CR LF, blank lines and lower case digits', () => {
    const text = record(1, 0, 2, 3) + '\n' + record(1, 0, 0, 0xab, 2) + END;
    const lowerCase = text.replaceAll(/[A-F]/g, (letter) => letter.toLowerCase()).replaceAll('\n', '\r\n');
    expect(readSRecord(ascii(lowerCase)).ranges).toEqual([{ address: 0, bytes: bytes(0xab, 2, 3) }]);
  });

  it('with a right count of data records in S5 or S6', () => {
    const data = record(1, 0, 0, 1) + record(1, 0, 1, 2);
    expect(readSRecord(ascii(data + record(5, 0, 2) + END)).size).toBe(2);
    expect(readSRecord(ascii(data + record(6, 0, 0, 2) + END)).size).toBe(2);
  });

  it('with a name without control characters', () => {
    const header = record(0, 0, 0, 0x1b, ...ascii('[31mfirmware'), 0, 0x41);
    expect(readSRecord(ascii(header + record(1, 0, 0, 1) + END)).target).toEqual({ name: '[31mfirmware' });
  });
});

describe('S-records are refused', () => {
  const data = record(1, 0, 0, 1);
  it.each([
    ['a wrong checksum', 'S1040000010A\n' + END, 'bad-checksum', 1],
    ['a flipped digit', data + 'S1040001010A\n' + END, 'bad-checksum', 2],
    ['a record behind the end record', END + data, 'after-end-record', 2],
    ['text in place of a record', data + 'hello\n' + END, 'bad-record', 2],
    ['the reserved type S4', record(4, 0, 0) + END, 'bad-record', 1],
    ['a type that is no digit', 'SA030000FC\n' + END, 'bad-record', 1],
    ['an S alone', 'S\n' + END, 'bad-record', 1],
    ['a letter that is no digit', 'S10400000xFA\n' + END, 'bad-record', 1],
    ['half a byte', 'S10400000\n' + END, 'bad-record', 1],
    ['fewer bytes than announced', 'S1050000010A\n' + END, 'bad-record', 1],
    ['more bytes than announced', 'S1030000010A\n' + END, 'bad-record', 1],
    ['a record too short for its address', record(3, 0, 0) + END, 'bad-record', 1],
    ['an empty record', 'S1\n' + END, 'bad-record', 1],
    ['a wrong count', data + record(5, 0, 2) + END, 'inconsistent', 2],
    ['a wrong large count', data + record(6, 0, 0, 0) + END, 'inconsistent', 2],
  ])('for %s', (_, text, fault, line) => {
    expect(failureOf(text)).toMatchObject({
      code: 'bad-file',
      phase: 'read-file',
      facts: { fault, line, format: 's-record' },
    });
  });

  it('without an end record', () => {
    expect(failureOf(data)).toMatchObject({ code: 'bad-file', facts: { fault: 'no-end-record' } });
  });

  it('for two records with the same byte', () => {
    expect(failureOf(data + data + END)).toMatchObject({ code: 'bad-file', facts: { fault: 'overlap' } });
  });

  it('wherever it is cut off', () => {
    const whole = (record(0, 0, 0, 0x68) + data + record(1, 0, 1, 2) + record(5, 0, 2) + END).trim();
    for (let length = 0; length < whole.length; length++) {
      expect(failureOf(whole.slice(0, length)), `cut to ${length}`).toMatchObject({ code: 'bad-file' });
    }
  });
});

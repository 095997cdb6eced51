import { describe, expect, it } from 'vitest';
import { readElf } from './elf.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

interface Segment {
  readonly type?: number;
  readonly address: number;
  readonly offset: number;
  readonly size: number;
}
interface Section {
  readonly type?: number;
  readonly flags?: number;
  readonly offset: number;
  readonly size: number;
}

const HEADER_SIZE = 52;
const SEGMENT_SIZE = 32;
const SECTION_SIZE = 40;
/** The content of every test's file starts here, and counts up from 1. */
const CONTENT = 0x100;
const CONTENT_SIZE = 16;

/** An ELF file: header, segment table, content at 0x100, section table; with a hook to change it. */
function build(
  segments: readonly Segment[],
  sections: readonly Section[] = [],
  change: (file: Buffer) => void = () => undefined,
): Uint8Array {
  const bytes = new Uint8Array(CONTENT + CONTENT_SIZE + sections.length * SECTION_SIZE);
  const file = Buffer.from(bytes.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  file.writeUInt16LE(2, 16); // e_type: ET_EXEC
  file.writeUInt16LE(40, 18); // e_machine: EM_ARM
  file.writeUInt32LE(0x0800_0009, 24); // e_entry
  file.writeUInt32LE(HEADER_SIZE, 28); // e_phoff
  file.writeUInt32LE(CONTENT + CONTENT_SIZE, 32); // e_shoff
  file.writeUInt16LE(SEGMENT_SIZE, 42);
  file.writeUInt16LE(segments.length, 44);
  file.writeUInt16LE(SECTION_SIZE, 46);
  file.writeUInt16LE(sections.length, 48);
  segments.forEach(({ type = 1, address, offset, size }, i) => {
    const at = HEADER_SIZE + i * SEGMENT_SIZE;
    file.writeUInt32LE(type, at);
    file.writeUInt32LE(offset, at + 4);
    file.writeUInt32LE(0x2000_0000, at + 8); // p_vaddr: not where it is loaded
    file.writeUInt32LE(address, at + 12);
    file.writeUInt32LE(size, at + 16);
  });
  for (let i = 0; i < CONTENT_SIZE; i++) file.writeUInt8(i + 1, CONTENT + i);
  sections.forEach(({ type = 1, flags = 2, offset, size }, i) => {
    const at = CONTENT + CONTENT_SIZE + i * SECTION_SIZE;
    file.writeUInt32LE(type, at + 4);
    file.writeUInt32LE(flags, at + 8);
    file.writeUInt32LE(offset, at + 16);
    file.writeUInt32LE(size, at + 20);
  });
  change(file);
  return bytes;
}

const CODE: Segment = { address: 0x0800_0000, offset: CONTENT, size: 4 };

function failureOf(file: Uint8Array): unknown {
  try {
    return readElf(file);
  } catch (error) {
    return error;
  }
}

describe('an ELF file is read', () => {
  it('by its loadable segments at their physical address', () => {
    const values = { address: 0x0800_0010, offset: CONTENT + 4, size: 2 };
    const image = readElf(build([CODE, values]));
    expect(image.ranges).toEqual([
      { address: 0x0800_0000, bytes: bytes(1, 2, 3, 4) },
      { address: 0x0800_0010, bytes: bytes(5, 6) },
    ]);
    expect(image.target).toEqual({ entryPoint: 0x0800_0009 });
  });

  it.each([
    ['that are not loadable', { ...CODE, type: 0x7000_0001 }],
    ['without bytes in the file (.bss)', { ...CODE, size: 0 }],
    ['in RAM', { ...CODE, address: 0x2400_0000 }],
    ['in RAM on the code bus', { ...CODE, address: 0x1000_0000 }],
  ])('without segments %s', (_, other) => {
    const kept = { address: 0x0800_0100, offset: CONTENT + 8, size: 1 };
    expect(readElf(build([other, kept])).ranges).toEqual([{ address: 0x0800_0100, bytes: bytes(9) }]);
  });

  it('taking an entry point of 0 for none', () => {
    const file = build([CODE], [], (file) => file.writeUInt32LE(0, 24));
    expect(readElf(file).target).toEqual({});
  });

  it('without its own headers, where the linker put them into a segment', () => {
    const whole = { address: 0x0800_3f00, offset: 0, size: CONTENT + 8 };
    const image = readElf(
      build(
        [whole],
        [
          { type: 0, flags: 0, offset: 0, size: 0 },
          { offset: CONTENT, size: 4 },
          { offset: CONTENT + 6, size: 2 },
          { flags: 0, offset: CONTENT, size: 8 },
          { type: 8, offset: CONTENT, size: 8 },
          { offset: CONTENT + 7, size: 4 },
        ],
      ),
    );
    expect(image.ranges).toEqual([
      { address: 0x0800_4000, bytes: bytes(1, 2, 3, 4) },
      { address: 0x0800_4006, bytes: bytes(7, 8) },
    ]);
  });
});

describe('an ELF file is refused', () => {
  it.each([
    ['a 64-bit one', (file: Buffer) => file.writeUInt8(2, 4), 'unsupported', /32-bit/],
    ['a big-endian one', (file: Buffer) => file.writeUInt8(2, 5), 'unsupported', /big-endian/],
    ['one for x86-64', (file: Buffer) => file.writeUInt16LE(62, 18), 'unsupported', /machine 62/],
    ['an object file', (file: Buffer) => file.writeUInt16LE(1, 16), 'unsupported', /no linked program/],
    ['other segment entries', (file: Buffer) => file.writeUInt16LE(56, 42), 'inconsistent', /32 bytes/],
    [
      'a segment behind the end',
      (file: Buffer) => file.writeUInt32LE(CONTENT + 15, HEADER_SIZE + 4),
      'truncated',
      /segment/,
    ],
    [
      'a huge segment',
      (file: Buffer) => file.writeUInt32LE(0xffff_ffff, HEADER_SIZE + 16),
      'truncated',
      /segment/,
    ],
    ['a table behind the end', (file: Buffer) => file.writeUInt16LE(0xffff, 44), 'truncated', /tables/],
    [
      'headers in a segment and no sections',
      (file: Buffer) => file.writeUInt32LE(0, HEADER_SIZE + 4),
      'unsupported',
      /headers/,
    ],
  ])('%s', (_, spoil, fault, detail) => {
    expect(failureOf(build([CODE], [], spoil))).toMatchObject({
      code: 'bad-file',
      phase: 'read-file',
      facts: { fault, format: 'elf', detail: expect.stringMatching(detail) as string },
    });
  });

  it('when two segments claim the same byte', () => {
    expect(failureOf(build([CODE, CODE]))).toMatchObject({ facts: { fault: 'overlap' } });
  });

  it('wherever it is cut off', () => {
    const file = build([CODE], [{ offset: CONTENT, size: 4 }]);
    for (let length = 0; length < file.length; length++) {
      expect(failureOf(file.subarray(0, length))).toMatchObject({
        code: 'bad-file',
        facts: { fault: 'truncated' },
      });
    }
  });
});

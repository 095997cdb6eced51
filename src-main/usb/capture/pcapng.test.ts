import { describe, expect, it } from 'vitest';
import {
  LINK,
  block,
  enhancedPacket,
  fields,
  interfaceDescription,
  join,
  option,
  sectionHeader,
  simplePacket,
} from '../../../test/captures/build-capture.ts';
import { isPcapng, readPcapng } from './pcapng.ts';

const BYTES = Uint8Array.of(1, 2, 3, 4, 5);
const COMMENT = option(true, 1, Uint8Array.of(0x68, 0x69));
const END = option(true, 0, Uint8Array.of());

const read = (...blocks: readonly Uint8Array[]) => [...readPcapng(join(...blocks))];

describe.each([true, false])('a pcapng file, little-endian: %o', (littleEndian) => {
  const section = sectionHeader(littleEndian);
  const usb = interfaceDescription(littleEndian, LINK.usbLinuxMmapped);

  it('gives its packets with the link of their interface and their time in milliseconds', () => {
    const file = join(
      section,
      interfaceDescription(littleEndian, LINK.ethernet),
      usb,
      enhancedPacket(littleEndian, 1, 1_700_000_000_123_456n, BYTES),
      enhancedPacket(littleEndian, 0, 7_000, Uint8Array.of()),
    );
    expect(isPcapng(file)).toBe(true);
    const offset = section.length + 2 * usb.length;
    expect([...readPcapng(file)]).toEqual([
      { linkType: LINK.usbLinuxMmapped, littleEndian, offset, bytes: BYTES, time: 1_700_000_000_123.456 },
      { linkType: LINK.ethernet, littleEndian, offset: offset + 40, bytes: Uint8Array.of(), time: 7 },
    ]);
  });

  it('may hold packets without a time', () => {
    expect(read(section, usb, simplePacket(littleEndian, BYTES))).toMatchObject([
      { linkType: LINK.usbLinuxMmapped, bytes: BYTES, time: undefined },
    ]);
  });

  it('steps over blocks it does not know', () => {
    const unknown = block(littleEndian, 0x0bad, Uint8Array.of(1, 2, 3));
    const packet = enhancedPacket(littleEndian, 0, 1_000, BYTES);
    expect(read(section, unknown, usb, unknown, packet, unknown)).toMatchObject([{ time: 1 }]);
  });
});

const SECTION = sectionHeader(true);
const USB = interfaceDescription(true, LINK.usbpcap);

it('a simple packet is as long as its interface keeps packets', () => {
  const short = interfaceDescription(true, LINK.usbpcap, { snapLength: 3 });
  expect(read(SECTION, short, simplePacket(true, BYTES.subarray(0, 3), 5))).toMatchObject([
    { bytes: BYTES.subarray(0, 3) },
  ]);
});

describe('the unit of time', () => {
  const timeOf = (ticks: number | bigint, ...options: readonly Uint8Array[]) => {
    const own = interfaceDescription(true, LINK.usbpcap, { options: join(...options) });
    return read(SECTION, own, enhancedPacket(true, 0, ticks, BYTES));
  };
  const resolution = (value: number) => option(true, 9, Uint8Array.of(value));

  it.each([
    ['nanoseconds', 9, 5_000_000, 5],
    ['seconds', 0, 5, 5_000],
    ['1/1024 of a second', 0x80 | 10, 512, 500],
  ])('may be %s', (_, value, ticks, time) => {
    expect(timeOf(ticks, COMMENT, resolution(value), END)).toMatchObject([{ time }]);
  });

  it('is microseconds where the option is damaged or behind the last', () => {
    expect(timeOf(5_000, option(true, 9, Uint8Array.of()))).toMatchObject([{ time: 5 }]);
    expect(timeOf(5_000, fields(true, [2, 9], [2, 0xffff]))).toMatchObject([{ time: 5 }]);
    expect(timeOf(5_000, END, resolution(0))).toMatchObject([{ time: 5 }]);
  });

  it('may have another beginning', () => {
    expect(timeOf(5_000, option(true, 14, fields(true, [8, -2])), END)).toMatchObject([{ time: -1_995 }]);
  });
});

it('a new section forgets interfaces and byte order of the one before', () => {
  const second = [
    sectionHeader(false),
    interfaceDescription(false, LINK.usbLinux),
    enhancedPacket(false, 0, 2_000, BYTES),
  ];
  expect(read(SECTION, USB, enhancedPacket(true, 0, 1_000, BYTES), ...second)).toMatchObject([
    { linkType: LINK.usbpcap, littleEndian: true, time: 1 },
    { linkType: LINK.usbLinux, littleEndian: false, time: 2 },
  ]);
  expect(read(SECTION, USB, sectionHeader(true), enhancedPacket(true, 0, 1_000, BYTES))).toMatchObject([
    { problem: 'a packet contradicts its block or its interface' },
  ]);
});

describe('reading ends, and it is said where,', () => {
  const PACKET = enhancedPacket(true, 0, 1_000, BYTES);
  const offset = SECTION.length + USB.length;
  /** The packet with one of its fields overwritten. */
  const broken = (at: number, value: number) => {
    const copy = PACKET.slice();
    copy.set(fields(true, [4, value]), at);
    return copy;
  };

  it.each<[string, Uint8Array, string]>([
    ['in a block without end', PACKET.subarray(0, -4), 'a block of 40 bytes goes beyond the end of the file'],
    ['in a block without beginning', PACKET.subarray(0, 11), 'the file ends in a block'],
    ['at a block of length nought', broken(4, 0), 'there is no block of 0 bytes'],
    ['at a block of odd length', broken(4, 39), 'there is no block of 39 bytes'],
    [
      'at an endless block',
      broken(4, 0xffff_fffc),
      'a block of 4294967292 bytes goes beyond the end of the file',
    ],
    ['at a block with two lengths', broken(36, 44), 'a block has two different lengths'],
    ['at a packet of no interface', broken(8, 7), 'a packet contradicts its block or its interface'],
    ['at a packet longer than its block', broken(20, 9), 'a packet contradicts its block or its interface'],
    ['at an endless packet', broken(20, 0xffff_ffff), 'a packet contradicts its block or its interface'],
    ['at a packet without fields', block(true, 6, BYTES), 'a packet contradicts its block or its interface'],
    [
      'at a simple packet longer than its block',
      simplePacket(true, BYTES, 9),
      'a packet contradicts its block or its interface',
    ],
    [
      'at an interface without fields',
      block(true, 1, Uint8Array.of(1)),
      'an interface is not described, or there are too many',
    ],
    [
      'at a section too short',
      block(true, 0x0a0d_0d0a, fields(true, [4, 0x1a2b_3c4d])),
      'there is no block of 16 bytes',
    ],
    [
      'at a section of unknown byte order',
      block(true, 0x0a0d_0d0a, BYTES),
      'a section does not tell its byte order',
    ],
  ])('%s', (_, last, problem) => {
    expect(read(SECTION, USB, PACKET, last)).toMatchObject([
      { bytes: BYTES },
      { problem, offset: offset + PACKET.length },
    ]);
  });

  it('at more interfaces than any machine has', () => {
    const found = read(SECTION, ...Array.from({ length: 4_097 }, () => USB), PACKET);
    expect(found).toMatchObject([{ problem: 'an interface is not described, or there are too many' }]);
  });
});

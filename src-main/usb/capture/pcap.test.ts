import { describe, expect, it } from 'vitest';
import { LINK, pcap } from '../../../test/captures/build-capture.ts';
import { isPcap, readPcap } from './pcap.ts';

const PACKETS = [
  { bytes: Uint8Array.of(1, 2, 3), time: 1_700_000_000_123_456 },
  { bytes: Uint8Array.of(), time: 1_700_000_001_000_000 },
];
const VARIANTS = [true, false].flatMap((littleEndian) =>
  [true, false].map((nanoseconds) => ({ littleEndian, nanoseconds })),
);

describe.each(VARIANTS)('a pcap file, %o', (variant) => {
  const file = pcap(PACKETS, { linkType: LINK.usbLinux, ...variant });

  it('gives its packets with their times in milliseconds', () => {
    expect(isPcap(file)).toBe(true);
    expect([...readPcap(file)]).toEqual([
      {
        linkType: LINK.usbLinux,
        littleEndian: variant.littleEndian,
        offset: 24,
        bytes: Uint8Array.of(1, 2, 3),
        time: 1_700_000_000_123.456,
      },
      {
        linkType: LINK.usbLinux,
        littleEndian: variant.littleEndian,
        offset: 43,
        bytes: Uint8Array.of(),
        time: 1_700_000_001_000,
      },
    ]);
  });

  it('that is cut off gives what stands before the cut, and says where it is', () => {
    const readUpTo = (length: number) => [...readPcap(file.subarray(0, length))];
    expect(readUpTo(23)).toEqual([{ problem: 'the file ends in its header', offset: 23 }]);
    expect(readUpTo(24)).toEqual([]);
    expect(readUpTo(25)).toEqual([{ problem: 'the file ends in the header of a packet', offset: 24 }]);
    expect(readUpTo(42)).toEqual([
      { problem: 'a packet of 3 bytes goes beyond the end of the file', offset: 24 },
    ]);
    expect(readUpTo(43)).toHaveLength(1);
    expect(readUpTo(44)).toMatchObject([
      { offset: 24 },
      { problem: 'the file ends in the header of a packet', offset: 43 },
    ]);
  });
});

it('flags in the upper half of the link type are no part of it', () => {
  const file = pcap(PACKETS, { linkType: 0x2400_0000 | LINK.usbpcap });
  expect([...readPcap(file)]).toMatchObject([{ linkType: LINK.usbpcap }, { linkType: LINK.usbpcap }]);
});

it('a packet of four gigabytes is beyond the end of any file', () => {
  const file = pcap(PACKETS, { linkType: LINK.usbpcap });
  file.fill(0xff, 32, 36);
  expect([...readPcap(file)]).toEqual([
    { problem: 'a packet of 4294967295 bytes goes beyond the end of the file', offset: 24 },
  ]);
});

it.each([[[]], [[0xd4, 0xc3, 0xb2]], [[0x0a, 0x0d, 0x0d, 0x0a]]])('%o is no pcap file', (bytes) => {
  expect(isPcap(Uint8Array.from(bytes))).toBe(false);
});

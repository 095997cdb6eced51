import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FirmwareImage } from './image.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

function failureOf(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return error;
  }
}

describe('pieces become ranges', () => {
  it('sorted, with neighbours joined and gaps kept', () => {
    const image = FirmwareImage.from([
      { address: 0x0800_0010, bytes: bytes(5) },
      { address: 0x0800_0002, bytes: bytes(3, 4) },
      { address: 0x0800_0000, bytes: bytes(1, 2) },
    ]);
    expect(image.ranges).toEqual([
      { address: 0x0800_0000, bytes: bytes(1, 2, 3, 4) },
      { address: 0x0800_0010, bytes: bytes(5) },
    ]);
    expect(image.size).toBe(5);
    expect(image.span).toEqual({ start: 0x0800_0000, end: 0x0800_0011 });
  });

  it('leaving empty pieces out', () => {
    const image = FirmwareImage.from([{ address: 0x0800_0000, bytes: bytes() }]);
    expect(image.ranges).toEqual([]);
    expect(image.span).toBeUndefined();
    expect(image.size).toBe(0);
  });

  it('also those of other targets', () => {
    const ranges = [
      { address: 2, bytes: bytes(3) },
      { address: 0, bytes: bytes(1, 2) },
    ];
    const image = FirmwareImage.from([], {}, [{ alternate: 1, name: 'Option Bytes', ranges }]);
    expect(image.otherTargets).toEqual([
      { alternate: 1, name: 'Option Bytes', ranges: [{ address: 0, bytes: bytes(1, 2, 3) }] },
    ]);
    expect(image.size).toBe(0);
  });

  it('whatever order they come in', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), fc.array(fc.nat(64)), (data, cuts) => {
        const borders = [...new Set([0, data.length, ...cuts.filter((cut) => cut < data.length)])].sort(
          (a, b) => a - b,
        );
        const pieces = borders.slice(1).map((end, i) => {
          const start = borders[i] ?? 0;
          return { address: 0x0800_0000 + start, bytes: data.subarray(start, end) };
        });
        const shuffled = pieces.toSorted((a, b) => (a.bytes[0] ?? 0) - (b.bytes[0] ?? 0));
        expect(FirmwareImage.from(shuffled).ranges).toEqual([{ address: 0x0800_0000, bytes: data }]);
      }),
    );
  });
});

describe('pieces that cannot be', () => {
  it('two for the same byte are an overlap', () => {
    const pieces = [
      { address: 0x0800_0000, bytes: bytes(1, 2) },
      { address: 0x0800_0001, bytes: bytes(2) },
    ];
    expect(failureOf(() => FirmwareImage.from(pieces))).toMatchObject({
      code: 'bad-file',
      phase: 'read-file',
      facts: { fault: 'overlap', detail: 'Two parts of the file claim the byte at 0x08000001.' },
    });
  });

  it.each([
    ['below 0', -1],
    ['behind 4 GB', 0xffff_ffff],
  ])('one that reaches %s leaves the address space', (_, address) => {
    expect(failureOf(() => FirmwareImage.from([{ address, bytes: bytes(1, 2) }]))).toMatchObject({
      code: 'bad-file',
      facts: { fault: 'address-range' },
    });
  });

  it('but the last byte of the address space is in it', () => {
    expect(FirmwareImage.from([{ address: 0xffff_ffff, bytes: bytes(1) }]).span?.end).toBe(0x1_0000_0000);
  });
});

describe('looking into an image', () => {
  const image = FirmwareImage.from([
    { address: 100, bytes: bytes(0, 1, 2, 3) },
    { address: 110, bytes: bytes(10, 11) },
  ]);

  it('a slice is there or it is not', () => {
    expect(image.slice(101, 2)).toEqual(bytes(1, 2));
    expect(image.slice(103, 1)).toEqual(bytes(3));
    expect(image.slice(103, 2)).toBeUndefined();
    expect(image.slice(99, 2)).toBeUndefined();
  });

  it('what is within borders is cut at them', () => {
    expect(image.within(102, 111)).toEqual([
      { address: 102, bytes: bytes(2, 3) },
      { address: 110, bytes: bytes(10) },
    ]);
    expect(image.within(104, 110)).toEqual([]);
  });

  it('without a range there is a gap in its place, and the rest is as it was', () => {
    const left = image.without({ start: 102, end: 111 });
    expect(left.within(102, 111)).toEqual([]);
    expect([...left.within(0, 102), ...left.within(111, 200)]).toEqual([
      ...image.within(0, 102),
      ...image.within(111, 200),
    ]);
  });
});

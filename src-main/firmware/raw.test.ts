import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FirmwareImage } from './image.ts';
import { readRaw, writeRaw } from './raw.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

it('a raw file is one range at the address given', () => {
  expect(readRaw(bytes(1, 2), 0x0800_0000).ranges).toEqual([{ address: 0x0800_0000, bytes: bytes(1, 2) }]);
});

it('a raw file needs that address', () => {
  expect(() => readRaw(bytes(1, 2), undefined)).toThrow(
    /^bad-file during read-file: {"fault":"address-needed"/,
  );
});

it('an image is written from its first to its last byte, with gaps filled', () => {
  const image = FirmwareImage.from([
    { address: 0x0800_0004, bytes: bytes(5) },
    { address: 0x0800_0000, bytes: bytes(1, 2) },
  ]);
  expect(writeRaw(image, { fill: 0xff, maxSize: 5 })).toEqual(bytes(1, 2, 0xff, 0xff, 5));
});

it('an image without data makes an empty file', () => {
  expect(writeRaw(FirmwareImage.from([]), { fill: 0xff, maxSize: 5 })).toEqual(bytes());
});

it('an image with a gap too large is refused instead of filled', () => {
  const image = FirmwareImage.from([
    { address: 0x0800_0000, bytes: bytes(1) },
    { address: 0x9000_0000, bytes: bytes(2) },
  ]);
  expect(() => writeRaw(image, { fill: 0xff, maxSize: 0x0100_0000 })).toThrow(
    /too-large.*0x08000000–0x90000000.*2281701377 bytes/,
  );
});

it('what is written is read back the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), fc.nat(0xffff_0000), (content, address) => {
      const image = FirmwareImage.from([{ address, bytes: content }]);
      expect(readRaw(writeRaw(image, { fill: 0, maxSize: 1000 }), address)).toEqual(image);
    }),
  );
});

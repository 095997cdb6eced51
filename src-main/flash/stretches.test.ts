import { describe, expect, test } from 'vitest';
import { FirmwareImage } from '../firmware/image.ts';
import type { SectorStep } from './plan.ts';
import { stepsTouching, stretchesOf } from './stretches.ts';

const KB = 1024;
const FLASH = 0x0800_0000;

/** Steps of neighbouring sectors with these sizes in KB; a negative size is a hole. */
function steps(...sizes: number[]): SectorStep[] {
  const made: SectorStep[] = [];
  let address = FLASH;
  for (const size of sizes) {
    if (size > 0) {
      made.push({
        sector: {
          index: made.length,
          address,
          size: size * KB,
          readable: true,
          erasable: true,
          writable: true,
        },
        bytes: size * KB,
        outside: [],
        expected: { compare: 0, erase: 0, write: 0, verify: 0 },
      });
    }
    address += Math.abs(size) * KB;
  }
  return made;
}

const sizes = (given: SectorStep[]) =>
  stretchesOf(given, FirmwareImage.from([]), []).map(({ sectors }) => sectors.map(({ size }) => size / KB));

describe('stretchesOf', () => {
  test('takes small neighbours together, up to 256 KB', () => {
    expect(sizes(steps(16, 16, 16, 16, 64, 128, 128, 128))).toEqual([
      [16, 16, 16, 16, 64, 128],
      [128, 128],
    ]);
  });

  test('does not reach over a hole', () => {
    expect(sizes(steps(16, -16, 16))).toEqual([[16], [16]]);
  });

  test('leaves a large sector alone', () => {
    expect(sizes(steps(256, 256))).toEqual([[256], [256]]);
  });

  test('gives each stretch the image and the preserved bytes of its own sectors, by address', () => {
    const image = FirmwareImage.from([{ address: FLASH + 100, bytes: new Uint8Array(300 * KB) }]);
    const preserved = [
      { address: FLASH, bytes: new Uint8Array(100) },
      { address: FLASH + 300 * KB + 200, bytes: new Uint8Array(8) },
    ];
    const content = stretchesOf(steps(128, 128, 128), image, preserved).map((stretch) =>
      stretch.content.map(({ address, bytes }) => [address - FLASH, bytes.length]),
    );
    expect(content).toEqual([
      [
        [0, 100],
        [100, 128 * KB - 100],
        [128 * KB, 128 * KB],
      ],
      [
        [256 * KB, 44 * KB + 100],
        [300 * KB + 200, 8],
      ],
    ]);
  });
});

describe('stepsTouching', () => {
  const all = steps(16, 16, -16, 16);
  const indexes = (start: number, end: number) =>
    stepsTouching(all, { start: FLASH + start * KB, end: FLASH + end * KB }).map(
      ({ sector }) => sector.index,
    );

  test.each([
    [0, 1, [0]],
    [15, 17, [0, 1]],
    [16, 32, [1]],
    [32, 48, []],
    [0, 64, [0, 1, 2]],
    [64, 70, []],
  ])('%i–%i KB', (start, end, expected) => {
    expect(indexes(start, end)).toEqual(expected);
  });
});

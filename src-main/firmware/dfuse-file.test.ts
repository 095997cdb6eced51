import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendSuffix } from './dfu-suffix.ts';
import { readDfuse, writeDfuse } from './dfuse-file.ts';
import { FirmwareImage } from './image.ts';

const bytes = (...values: number[]) => Uint8Array.from(values);

function failureOf(file: Uint8Array): unknown {
  try {
    return readDfuse(file);
  } catch (error) {
    return error;
  }
}

interface Target {
  readonly alternate: number;
  readonly name?: string;
  readonly elements: readonly (readonly [address: number, ...data: number[]])[];
}

/** A .dfu file built field by field, with a hook to spoil it before its checksum is made. */
function build(targets: readonly Target[], spoil: (body: Buffer) => Buffer = (body) => body): Uint8Array {
  const u32 = (value: number) => [value & 0xff, (value >> 8) & 0xff, (value >> 16) & 0xff, value >>> 24];
  const ascii = (text: string) => [...Buffer.from(text)];
  const content = targets.flatMap(({ alternate, name, elements }) => {
    const data = elements.flatMap(([address, ...bytes]) => [...u32(address), ...u32(bytes.length), ...bytes]);
    const nameField = [...ascii(name ?? ''), ...new Array<number>(255).fill(0)].slice(0, 255);
    const named = u32(name === undefined ? 0 : 1);
    return [
      ...ascii('Target'),
      alternate,
      ...named,
      ...nameField,
      ...u32(data.length),
      ...u32(elements.length),
      ...data,
    ];
  });
  const body = [...ascii('DfuSe'), 1, ...u32(11 + content.length), targets.length, ...content];
  const target = { vendorId: 0x0483, productId: 0xdf11, deviceVersion: 0x2200 };
  return appendSuffix(spoil(Buffer.from(body)), 0x011a, target);
}

const FLASH: Target = {
  alternate: 0,
  name: 'Internal Flash',
  elements: [
    [0x0800_0000, 1, 2],
    [0x0802_0000, 3],
  ],
};
const OPTION_BYTES: Target = { alternate: 1, name: 'Option Bytes', elements: [[0x5200_201c, 9, 9]] };

describe('a .dfu file is read', () => {
  it('with its elements, its name and whom it is for', () => {
    const image = readDfuse(build([FLASH]));
    expect(image.ranges).toEqual([
      { address: 0x0800_0000, bytes: bytes(1, 2) },
      { address: 0x0802_0000, bytes: bytes(3) },
    ]);
    expect(image.target).toEqual({
      vendorId: 0x0483,
      productId: 0xdf11,
      deviceVersion: 0x2200,
      name: 'Internal Flash',
      alternates: [{ number: 0, name: 'Internal Flash' }],
    });
    expect(image.otherTargets).toEqual([]);
  });

  it('with other targets kept apart from internal flash, whatever their order', () => {
    for (const targets of [
      [FLASH, OPTION_BYTES],
      [OPTION_BYTES, FLASH],
    ]) {
      const image = readDfuse(build(targets));
      expect(image.size).toBe(3);
      expect(image.target.name).toBe('Internal Flash');
      expect(image.target.alternates?.map((alternate) => alternate.number)).toEqual(
        targets.map((t) => t.alternate),
      );
      expect(image.otherTargets).toEqual([
        { alternate: 1, name: 'Option Bytes', ranges: [{ address: 0x5200_201c, bytes: bytes(9, 9) }] },
      ]);
    }
  });

  it('with nothing for internal flash where no target is', () => {
    const image = readDfuse(build([OPTION_BYTES]));
    expect(image.ranges).toEqual([]);
    expect(image.target.name).toBeUndefined();
    expect(image.otherTargets.map((other) => other.alternate)).toEqual([1]);
  });

  it('taking the lowest alternate setting in main flash for internal flash (EEPROM of L0 lies there too)', () => {
    const eeprom: Target = { alternate: 3, elements: [[0x0808_0000, 7]] };
    const image = readDfuse(build([eeprom, FLASH]));
    expect(image.size).toBe(3);
    expect(image.otherTargets).toEqual([
      { alternate: 3, ranges: [{ address: 0x0808_0000, bytes: bytes(7) }] },
    ]);
  });

  it('with two targets of one alternate setting as one', () => {
    const second: Target = { alternate: 0, name: 'second', elements: [[0x0800_0002, 3]] };
    const image = readDfuse(build([FLASH, second]));
    expect(image.ranges[0]).toEqual({ address: 0x0800_0000, bytes: bytes(1, 2, 3) });
    expect(image.target.alternates).toEqual([{ number: 0, name: 'Internal Flash' }]);
  });

  it('without a name where the target is marked as not named', () => {
    const image = readDfuse(build([FLASH], (body) => (body.writeUInt32LE(0, 11 + 7), body)));
    expect(image.target.alternates).toEqual([{ number: 0 }]);
  });

  it('with no targets at all', () => {
    expect(readDfuse(build([])).ranges).toEqual([]);
  });
});

describe('a .dfu file is refused', () => {
  const u32 = (offset: number, value: number) => (body: Buffer) => (body.writeUInt32LE(value, offset), body);
  const u8 = (offset: number, value: number) => (body: Buffer) => (body.writeUInt8(value, offset), body);
  const IMAGE_SIZE = 6;
  const TARGET_SIZE = 11 + 266;
  const ELEMENT_COUNT = 11 + 270;
  const FIRST_ELEMENT = 11 + 274;

  it.each([
    ['another format version', u8(5, 2), 'unsupported'],
    ['an image size beyond the end of the file', u32(IMAGE_SIZE, 0xffff_ffff), 'truncated'],
    ['an image size short of the end of the file', u32(IMAGE_SIZE, 20), 'inconsistent'],
    ['fewer targets than announced', u8(10, 2), 'inconsistent'],
    ['more targets than announced', u8(10, 0), 'inconsistent'],
    ['another signature of the target', u8(11, 0x74), 'inconsistent'],
    ['a target larger than the file', u32(TARGET_SIZE, 0xffff_ffff), 'inconsistent'],
    ['a target smaller than its elements', u32(TARGET_SIZE, 12), 'inconsistent'],
    ['fewer elements than announced', u32(ELEMENT_COUNT, 3), 'inconsistent'],
    ['very many fewer elements than announced', u32(ELEMENT_COUNT, 0xffff_ffff), 'inconsistent'],
    ['more elements than announced', u32(ELEMENT_COUNT, 1), 'inconsistent'],
    ['an element larger than its target', u32(FIRST_ELEMENT + 4, 0xffff_ffff), 'inconsistent'],
    ['an element across 4 GB', u32(FIRST_ELEMENT, 0xffff_ffff), 'address-range'],
    ['elements that overlap', u32(FIRST_ELEMENT, 0x0801_ffff), 'overlap'],
  ])('with %s, although its checksum is right', (_, spoil, fault) => {
    expect(failureOf(build([FLASH], spoil))).toMatchObject({
      code: 'bad-file',
      phase: 'read-file',
      facts: { fault },
    });
  });

  it('with elements that overlap in two targets of one alternate setting', () => {
    expect(failureOf(build([FLASH, FLASH]))).toMatchObject({ facts: { fault: 'overlap' } });
  });

  it('with a wrong checksum, wherever a bit is flipped behind the prefix', () => {
    const file = build([FLASH]);
    for (let offset = 11; offset < file.length - 16; offset++) {
      const changed = file.map((byte, i) => (i === offset ? byte ^ 0x10 : byte));
      expect(failureOf(changed)).toMatchObject({ facts: { fault: 'bad-checksum', format: 'dfuse' } });
    }
  });

  it('with the suffix of a raw file', () => {
    const file = build([FLASH]);
    const plain = appendSuffix(file.subarray(0, -16), 0x0100, {});
    expect(failureOf(plain)).toMatchObject({ facts: { fault: 'inconsistent' } });
  });

  it('wherever it is cut off', () => {
    const file = build([FLASH, OPTION_BYTES]);
    for (let length = 0; length < file.length; length++) {
      expect(failureOf(file.subarray(0, length))).toMatchObject({
        code: 'bad-file',
        facts: { fault: 'truncated' },
      });
    }
  });
});

describe('a .dfu file is written', () => {
  it('byte for byte as UM0391 has it', () => {
    const image = FirmwareImage.from(
      FLASH.elements.map(([address, ...data]) => ({ address, bytes: bytes(...data) })),
      { vendorId: 0x0483, productId: 0xdf11 },
    );
    const file = writeDfuse(image, { deviceVersion: 0x2200, name: 'Internal Flash' });
    expect(Buffer.from(file).toString('hex')).toBe(Buffer.from(build([FLASH])).toString('hex'));
  });

  it('for any product and without a name where nothing is known', () => {
    const image = FirmwareImage.from([{ address: 0x0800_0000, bytes: bytes(1) }]);
    expect(readDfuse(writeDfuse(image)).target).toEqual({ alternates: [{ number: 0 }] });
  });

  it('for the alternate setting asked for, with other targets as they are', () => {
    const image = readDfuse(build([FLASH, OPTION_BYTES]));
    const moved = readDfuse(writeDfuse(image, { alternate: 2 }));
    expect(moved.target.alternates?.map((alternate) => alternate.number)).toEqual([2, 1]);
    expect(moved.ranges).toEqual(image.ranges);
    expect(moved.otherTargets).toEqual(image.otherTargets);
  });

  it('with no target for internal flash where there is nothing for it', () => {
    const image = readDfuse(build([OPTION_BYTES]));
    expect(readDfuse(writeDfuse(image))).toEqual(image);
  });

  it('with a name of 254 bytes, but not of 255', () => {
    const image = FirmwareImage.from([{ address: 0x0800_0000, bytes: bytes(1) }]);
    expect(readDfuse(writeDfuse(image, { name: 'n'.repeat(254) })).target.name).toHaveLength(254);
    expect(() => writeDfuse(image, { name: 'n'.repeat(255) })).toThrow(/^usage/);
  });

  it('so that it is read back the same', () => {
    const range = fc.record({
      address: fc.integer({ min: 0x0800_0000, max: 0x08f0_0000 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 100 }),
    });
    const id = fc.integer({ min: 0, max: 0xfffe });
    const target = fc.record({ vendorId: id, productId: id, deviceVersion: id }, { requiredKeys: [] });
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 4 }), target, (pieces, target) => {
        const apart = pieces.filter(
          (a, i) => !pieces.slice(0, i).some((b) => Math.abs(a.address - b.address) <= 100),
        );
        const image = FirmwareImage.from(apart, {
          ...target,
          name: 'Flash',
          alternates: [{ number: 0, name: 'Flash' }],
        });
        expect(readDfuse(writeDfuse(image))).toEqual(image);
      }),
    );
  });
});

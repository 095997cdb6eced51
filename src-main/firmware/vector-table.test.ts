import { describe, expect, it } from 'vitest';
import { FirmwareImage } from './image.ts';
import { inspectVectorTable } from './vector-table.ts';

const FLASH_START = 0x0800_0000;
const RAM = [
  { start: 0x2000_0000, end: 0x2002_0000 },
  { start: 0x2400_0000, end: 0x2408_0000 },
];
const EXPECTED = { flashStart: FLASH_START, ram: RAM };
const IMAGE_SIZE = 0x100;

/** What is odd about an image of 256 bytes with these first two words. */
function oddities(stackPointer: number, resetHandler: number) {
  const bytes = Buffer.alloc(IMAGE_SIZE);
  bytes.writeUInt32LE(stackPointer, 0);
  bytes.writeUInt32LE(resetHandler, 4);
  return inspectVectorTable(FirmwareImage.from([{ address: FLASH_START, bytes }]), EXPECTED);
}

const GOOD_STACK = 0x2001_0000;
const GOOD_RESET = FLASH_START + 0x41;

describe('a vector table that can work has nothing odd', () => {
  it.each([
    ['within RAM', GOOD_STACK],
    ['one past the end of RAM', 0x2002_0000],
    ['one past the end of another RAM', 0x2408_0000],
  ])('with the stack pointer %s', (_, stackPointer) => {
    expect(oddities(stackPointer, GOOD_RESET)).toEqual([]);
  });

  it('with the reset handler in the last two bytes of the image', () => {
    expect(oddities(GOOD_STACK, FLASH_START + IMAGE_SIZE - 2 + 1)).toEqual([]);
  });
});

describe('a vector table is odd', () => {
  it.each([
    ['0x20000000, at the very start of RAM', 0x2000_0000],
    ['0x20020004, behind its end', 0x2002_0004],
    ['0x08000000, in flash', 0x0800_0000],
  ])('with a stack pointer of %s', (_, stackPointer) => {
    expect(oddities(stackPointer, GOOD_RESET)).toMatchObject([
      { kind: 'stack-pointer-outside-ram', stackPointer },
    ]);
  });

  it('with a stack pointer between two words', () => {
    expect(oddities(GOOD_STACK + 2, GOOD_RESET)).toEqual([
      {
        kind: 'stack-pointer-misaligned',
        stackPointer: GOOD_STACK + 2,
        sentence: 'The initial stack pointer 0x20010002 is not on a word border.',
      },
    ]);
  });

  it('with an even reset handler', () => {
    expect(oddities(GOOD_STACK, GOOD_RESET - 1)).toMatchObject([
      { kind: 'reset-handler-not-thumb', resetHandler: GOOD_RESET - 1 },
    ]);
  });

  it('with a reset handler outside the image', () => {
    const resetHandler = FLASH_START + IMAGE_SIZE + 1;
    expect(oddities(GOOD_STACK, resetHandler)).toMatchObject([
      { kind: 'reset-handler-outside-image', resetHandler },
    ]);
  });

  it('in all ways at once', () => {
    const kinds = oddities(0x1234_5679, 0x9000_0000).map((oddity) => oddity.kind);
    expect(kinds).toEqual([
      'stack-pointer-outside-ram',
      'stack-pointer-misaligned',
      'reset-handler-not-thumb',
      'reset-handler-outside-image',
    ]);
  });

  it.each([0xffff_ffff, 0])('when it is blank, and then nothing else is said (0x%s)', (word) => {
    expect(oddities(word, word)).toMatchObject([{ kind: 'blank', address: FLASH_START, word }]);
  });

  it('when there is none', () => {
    const image = FirmwareImage.from([{ address: FLASH_START + 0x8000, bytes: new Uint8Array(8) }]);
    expect(inspectVectorTable(image, EXPECTED)).toEqual([
      { kind: 'missing', address: FLASH_START, sentence: 'The image has no vector table at 0x08000000.' },
    ]);
  });
});

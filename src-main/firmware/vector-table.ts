/**
 * A Cortex-M starts by loading its stack pointer from the first word of the vector table and its program counter from
 * the second (ARMv7-M, B1.5.3). Firmware whose first two words cannot work was built for another chip or another
 * address, or is no firmware. That is told as oddities and not as a failure: a maker may have reasons.
 */
import type { AddressRange } from '../../shared/address.ts';
import { hex } from '../../shared/address.ts';
import type { FirmwareImage } from './image.ts';

export type VectorTableOddity = {
  /** One English sentence for an engineer. */
  readonly sentence: string;
} & (
  | { readonly kind: 'missing'; readonly address: number }
  /** Both words are all ones or all zeros: erased or blank memory. */
  | { readonly kind: 'blank'; readonly address: number; readonly word: number }
  | { readonly kind: 'stack-pointer-outside-ram'; readonly stackPointer: number }
  | { readonly kind: 'stack-pointer-misaligned'; readonly stackPointer: number }
  /** Bit 0 of a handler's address selects Thumb, the only instruction set there is (ARMv7-M, B1.5.3). */
  | { readonly kind: 'reset-handler-not-thumb'; readonly resetHandler: number }
  | { readonly kind: 'reset-handler-outside-image'; readonly resetHandler: number }
);

export interface VectorTableExpectation {
  /** Where the vector table must lie: the start of flash, or of the application behind a bootloader. */
  readonly flashStart: number;
  /** All RAM the stack may be in. */
  readonly ram: readonly AddressRange[];
}

const TABLE_HEAD_SIZE = 8;
const WORD_SIZE = 4;
const BLANK_WORDS: readonly number[] = [0xffff_ffff, 0];

/** Everything odd about the first two words; empty for a table that can work. */
export function inspectVectorTable(
  image: FirmwareImage,
  expected: VectorTableExpectation,
): VectorTableOddity[] {
  const address = expected.flashStart;
  const head = image.slice(address, TABLE_HEAD_SIZE);
  if (!head) {
    return [{ kind: 'missing', address, sentence: `The image has no vector table at ${hex(address)}.` }];
  }
  const view = new DataView(head.buffer, head.byteOffset, TABLE_HEAD_SIZE);
  const stackPointer = view.getUint32(0, true);
  const resetHandler = view.getUint32(WORD_SIZE, true);
  if (stackPointer === resetHandler && BLANK_WORDS.includes(stackPointer)) {
    const sentence = `The vector table at ${hex(address)} is blank: both words are ${hex(stackPointer)}.`;
    return [{ kind: 'blank', address, word: stackPointer, sentence }];
  }

  const oddities: VectorTableOddity[] = [];
  // The stack grows downwards from its pointer, which therefore starts one past the end of its RAM.
  if (!expected.ram.some((ram) => stackPointer > ram.start && stackPointer <= ram.end)) {
    const sentence = `The initial stack pointer ${hex(stackPointer)} is not in the chip's RAM.`;
    oddities.push({ kind: 'stack-pointer-outside-ram', stackPointer, sentence });
  }
  if (stackPointer % WORD_SIZE !== 0) {
    const sentence = `The initial stack pointer ${hex(stackPointer)} is not on a word border.`;
    oddities.push({ kind: 'stack-pointer-misaligned', stackPointer, sentence });
  }
  if (resetHandler % 2 === 0) {
    const sentence = `The address of the reset handler ${hex(resetHandler)} is even: it is no Thumb code.`;
    oddities.push({ kind: 'reset-handler-not-thumb', resetHandler, sentence });
  }
  if (!image.slice(resetHandler - (resetHandler % 2), 2)) {
    const sentence = `The reset handler ${hex(resetHandler)} is outside the image.`;
    oddities.push({ kind: 'reset-handler-outside-image', resetHandler, sentence });
  }
  return oddities;
}

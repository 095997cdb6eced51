/**
 * Firmware for the virtual STM32H743 of the demo and of tests: the same bytes every time, and like real firmware where
 * it matters. It has a vector table that would start, code that neither repeats nor is noise, erased gaps in between,
 * data in both banks, and a second version that changes some sectors and leaves others as they are.
 *
 * It is made of modules of 4 KB, each a run of made-up functions from its own seed. A version changes a module by
 * changing its seed, so that the rest of the image stays byte for byte the same.
 */
import { FirmwareImage } from '../firmware/image.ts';

export type DemoVersion = 1 | 2;

const VERSION_NAMES: Readonly<Record<DemoVersion, string>> = {
  1: 'Stepwise demo firmware 1.0.0',
  2: 'Stepwise demo firmware 2.0.0',
};

/** About 150 KB in bank 1 (sectors 0 and 1) and 90 KB in bank 2 (sector 8); no whole number of programming units. */
const FLASH_START = 0x0800_0000;
const BANKS = [
  { address: FLASH_START, size: 153_612 },
  { address: 0x0810_0000, size: 92_164 },
];

const MODULE_SIZE = 0x1000;
/** Modules that version 2 changes: in sector 0 and in sector 8, none in sector 1. */
const CHANGED_MODULES: readonly number[] = [0x0800_0000, 0x0800_5000, 0x0801_1000, 0x0810_2000, 0x0810_b000];
/** Modules left erased, as a linker leaves room for tables to come. */
const ERASED_MODULES: readonly number[] = [0x0800_9000, 0x0800_a000, 0x0802_2000, 0x0810_7000];

/** The stack begins at the end of DTCM RAM (RM0433, memory map). */
const STACK_POINTER = 0x2002_0000;
/** 16 vectors of the core and 150 of the H743's peripherals (RM0433, vector table). */
const VECTOR_COUNT = 16 + 150;
const VERSION_NAME_OFFSET = 0x2c0;
const CODE_OFFSET = 0x300;
const RESET_HANDLER = FLASH_START + CODE_OFFSET + 1;
const DEFAULT_HANDLER = FLASH_START + CODE_OFFSET + 0x41;

const made = new Map<DemoVersion, FirmwareImage>();

/** The image of a version: the same bytes always. Made once: it takes longer than an update in virtual time. */
export function demoFirmware(version: DemoVersion): FirmwareImage {
  const image = made.get(version) ?? make(version);
  made.set(version, image);
  return image;
}

function make(version: DemoVersion): FirmwareImage {
  const pieces = BANKS.map(({ address, size }) => ({ address, bytes: bankContent(address, size, version) }));
  return FirmwareImage.from(pieces, { name: VERSION_NAMES[version], entryPoint: RESET_HANDLER });
}

/** Without what lies at `end` or behind: for chips with less flash. */
export function demoFirmwareWithin(version: DemoVersion, end: number): FirmwareImage {
  const { ranges, target } = demoFirmware(version);
  return FirmwareImage.from(
    ranges.filter(({ address }) => address < end),
    target,
  );
}

function bankContent(start: number, size: number, version: DemoVersion): Uint8Array {
  const bytes = new Uint8Array(size).fill(0xff);
  for (let offset = 0; offset < size; offset += MODULE_SIZE) {
    const address = start + offset;
    if (ERASED_MODULES.includes(address)) continue;
    const seed = address + (CHANGED_MODULES.includes(address) ? version : 0);
    writeFunctions(bytes.subarray(offset, offset + MODULE_SIZE), seed);
  }
  if (start === FLASH_START) writeVectorTable(bytes, VERSION_NAMES[version]);
  return bytes;
}

function writeVectorTable(bytes: Uint8Array, versionName: string): void {
  const view = new DataView(bytes.buffer);
  bytes.fill(0, 0, CODE_OFFSET);
  for (let vector = 1; vector < VECTOR_COUNT; vector++) view.setUint32(vector * 4, DEFAULT_HANDLER, true);
  view.setUint32(0, STACK_POINTER, true);
  view.setUint32(4, RESET_HANDLER, true);
  bytes.set(Buffer.from(versionName), VERSION_NAME_OFFSET);
}

/** Thumb instructions by their fixed bits, and the bits that are operands (ARMv7-M, A5.2). */
const INSTRUCTIONS: readonly (readonly [fixed: number, operands: number])[] = [
  [0x2000, 0x07ff], // movs rd, #imm
  [0x2800, 0x073f], // cmp rn, #imm
  [0x1800, 0x01ff], // adds rd, rn, rm
  [0x6800, 0x07ff], // ldr rt, [rn, #imm]
  [0x6000, 0x07ff], // str rt, [rn, #imm]
  [0x4800, 0x070f], // ldr rt, [pc, #imm]
  [0x4600, 0x007f], // mov rd, rm
  [0xd000, 0x011f], // beq, bne
];
const PUSH = 0xb510;
const POP = 0xbd10;
const NOP = 0xbf00;
/** What literal pools hold: addresses of RAM, flash and peripherals. */
const LITERAL_BASES = [0x2000_0000, 0x2400_0000, 0x0800_0000, 0x4000_0000, 0x5802_0000];
const STRINGS = ['usb: suspended\0', 'sensor %d out of range\0', 'flash: sector %u\0', 'watchdog reset\0'];
/** Bytes: more than the longest function, its literals and its string take. */
const FUNCTION_ROOM = 160;

/** Fills `module` with functions; what is left at its end stays erased. */
function writeFunctions(module: Uint8Array, seed: number): void {
  const random = randomBits(seed);
  const view = new DataView(module.buffer, module.byteOffset, module.length);
  let offset = 0;
  const emit = (halfword: number) => {
    view.setUint16(offset, halfword, true);
    offset += 2;
  };
  while (offset + FUNCTION_ROOM <= module.length) {
    emit(PUSH);
    for (let left = 8 + (random() % 40); left > 0; left--) {
      const [fixed, operands] = pick(INSTRUCTIONS, random());
      emit(fixed | (random() & operands));
    }
    emit(POP);
    if (offset % 4 !== 0) emit(NOP);
    for (let left = random() % 5; left > 0; left--, offset += 4) {
      view.setUint32(offset, pick(LITERAL_BASES, random()) + (random() & 0xfffc), true);
    }
    if (random() % 6 === 0) {
      const text = Buffer.from(pick(STRINGS, random()));
      module.set(text, offset);
      offset += Math.ceil(text.length / 4) * 4;
    }
  }
}

function pick<T>(items: readonly T[], number: number): T {
  const item = items[number % items.length];
  if (item === undefined) throw new RangeError('nothing to pick from');
  return item;
}

/** Odd, near 2^32 divided by the golden ratio: carries neighbouring seeds far apart. */
const SEED_SPREAD = 0x9e37_79b1;

/** Marsaglia's xorshift: 31 bits at a time, the same for the same seed. */
function randomBits(seed: number): () => number {
  let state = Math.imul(seed, SEED_SPREAD) | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 1;
  };
}

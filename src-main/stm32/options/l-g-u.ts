/**
 * Option bytes of STM32L0 to L5, G0, G4, C0, WB, U0, U3 and U5. Words, bits and values are those of ST's device database
 * (CubeProgrammer). Protected pages are given as first and last one; how large a page is depends on the number of banks.
 */
import {
  address,
  choice,
  coded,
  pages,
  rdp,
  rdpTrustZone,
  splitRange,
  watchdog,
  writeProtected,
} from '../option-field.ts';
import type { OptionField, OptionMap } from '../option-field.ts';

const DATABASE = 'ST’s device database (CubeProgrammer)';
const FLASH = 0x0800_0000;
const BOR_FIVE_LEVELS = ['level 0', 'level 1', 'level 2', 'level 3', 'level 4'];
const FIRST_BANK = 'starts from the first bank';
const CHOSEN_BANK = 'bootloader chooses a bank';
const bank2Boot = (word: number) =>
  choice('boot', 'BFB2', [word, 20], [FIRST_BANK, CHOSEN_BANK], [CHOSEN_BANK]);

// -- L0, L1: each half word is followed by its complement -------------------------------------------------------------

const L = 0x1ff8_0000;

/** From the eighth step on; below it is off. */
const borLow = coded(
  'brown-out',
  'BOR_LEV',
  [L + 4, 0],
  [0x8, 0x9, 0xa, 0xb, 0xc].map((value, level) => ({ value, name: `level ${level + 1}` })),
  { value: 0, name: 'off' },
);

/** `halves` of 16 sectors each; after 96 sectors they go on in a block of their own. */
const lowFields = (mode: string | undefined, halves: number): readonly OptionField[] => [
  rdp(L, 0),
  { ...borLow, width: 4 },
  ...(mode === undefined
    ? []
    : [
        choice(
          'code-protection',
          mode,
          [L, 8],
          ['off', 'WRP protects against reading'],
          ['WRP protects against reading'],
        ),
      ]),
  ...Array.from({ length: halves }, (_, n) =>
    writeProtected(`WRP${n * 16}`, [n < 6 ? L + 8 + 4 * n : L + 0x80 + 4 * (n - 6), 0, 16], n * 16),
  ),
];

// -- L4, G4, WB -------------------------------------------------------------------------------------------------------

interface Wide {
  readonly base: number;
  /** Base of the words of the second bank. */
  readonly bank2?: number;
  /** Bits of a page number. */
  readonly width: number;
  /** Bits of the address of a code-protected piece; absent where its end lies too low to tell. */
  readonly code?: number;
  readonly borBit?: number;
}

function wide({ base, bank2, width, code, borBit = 8 }: Wide): readonly OptionField[] {
  const bank = (at: number, n: 1 | 2): readonly OptionField[] => [
    ...(code === undefined ? [] : [splitRange(`PCROP${n}`, at + 0x08, at + 0x10, code)]),
    pages('write-protection', `WRP${n}A`, [at + 0x18, 0, width]),
    pages('write-protection', `WRP${n}B`, [at + 0x20, 0, width]),
  ];
  return [
    rdp(base, 0),
    choice('brown-out', 'BOR_LEV', [base, borBit, 3], BOR_FIVE_LEVELS),
    watchdog('IWDG_SW', base, 16),
    watchdog('WWDG_SW', base, 19),
    ...bank(base, 1),
    ...(bank2 === undefined ? [] : bank(bank2, 2)),
  ];
}

const boot0 = (base: number) =>
  choice('boot', 'nSWBOOT0', [base, 26], ['BOOT0 by option bit', 'BOOT0 by its pin']);
const bootLock = (word: number) =>
  choice('boot', 'BOOT_LOCK', [word, 16], ['off', 'starts from flash only'], ['starts from flash only']);

const OPTR = 0x1fff_7800;
const OPTR_BANK_2 = 0x1fff_f800;
const L4R = 0x1ff0_0000;
const WB = 0x1fff_8000;

// -- G0, C0, U0 -------------------------------------------------------------------------------------------------------

const smallFields = (width: number): readonly OptionField[] => [
  rdp(OPTR, 0),
  choice('brown-out', 'BOR_EN', [OPTR, 8], ['off', 'on']),
  watchdog('IWDG_SW', OPTR, 16),
  watchdog('WWDG_SW', OPTR, 19),
  choice('boot', 'nBOOT_SEL', [OPTR, 24], ['BOOT0 by its pin', 'BOOT0 by option bit']),
  pages('write-protection', 'WRP1A', [OPTR + 0x18, 0, width]),
  pages('write-protection', 'WRP1B', [OPTR + 0x20, 0, width]),
  bootLock(OPTR + 0x70),
];

// -- L5, U3, U5: the loader shows the registers -----------------------------------------------------------------------

const U5 = 0x4002_2040;

/** @param width bits of a page number. @param banks bit that divides flash into two */
const trustZoneFields = (width: number, banks: number): readonly OptionField[] => [
  rdpTrustZone(U5),
  choice('brown-out', 'BOR_LEV', [U5, 8, 3], BOR_FIVE_LEVELS),
  watchdog('IWDG_SW', U5, 16),
  watchdog('WWDG_SW', U5, 19),
  choice('security', 'TZEN', [U5, 31], ['off', 'on'], ['on']),
  choice('banks', 'SWAP_BANK', [U5, 20], ['not swapped', 'swapped'], ['swapped']),
  choice('banks', 'DBANK', [U5, banks], ['one bank', 'two banks']),
  boot0(U5),
  address('NSBOOTADD0', [U5 + 4, 7, 25], 7, [FLASH]),
  address('NSBOOTADD1', [U5 + 8, 7, 25], 7),
  pages('write-protection', 'WRP1A', [U5 + 0x18, 0, width]),
  pages('write-protection', 'WRP1B', [U5 + 0x1c, 0, width]),
  pages('write-protection', 'WRP2A', [U5 + 0x28, 0, width]),
  pages('write-protection', 'WRP2B', [U5 + 0x2c, 0, width]),
];

const U0 = 0x4002_2020;

export const L_TO_U_OPTIONS: readonly OptionMap[] = [
  { deviceIds: [0x447], source: `${DATABASE}; RM0377 §3`, fields: lowFields('WPRMOD', 3) },
  { deviceIds: [0x427], source: `${DATABASE}; RM0038, option bytes`, fields: lowFields('SPRMOD', 4) },
  { deviceIds: [0x436], source: `${DATABASE}; RM0038, option bytes`, fields: lowFields(undefined, 6) },
  { deviceIds: [0x437], source: `${DATABASE}; RM0038, option bytes`, fields: lowFields(undefined, 8) },
  {
    deviceIds: [0x464],
    source: `${DATABASE}; RM0394, option bytes`,
    fields: [...wide({ base: OPTR, width: 6, code: 16 }), boot0(OPTR)],
  },
  {
    deviceIds: [0x435, 0x462],
    source: `${DATABASE}; RM0394, option bytes`,
    fields: [...wide({ base: OPTR, width: 8, code: 16 }), boot0(OPTR)],
  },
  {
    deviceIds: [0x415],
    source: `${DATABASE}; RM0351, option bytes`,
    fields: [
      ...wide({ base: OPTR, bank2: OPTR_BANK_2, width: 8, code: 16 }),
      bank2Boot(OPTR),
      choice('banks', 'DUALBANK', [OPTR, 21], ['one bank', 'two banks']),
    ],
  },
  {
    deviceIds: [0x461],
    source: `${DATABASE}; RM0351, option bytes`,
    fields: [
      ...wide({ base: OPTR, bank2: OPTR_BANK_2, width: 8, code: 16 }),
      bank2Boot(OPTR),
      choice('banks', 'DUALBANK', [OPTR, 21], ['one bank', 'two banks']),
      boot0(OPTR),
    ],
  },
  {
    deviceIds: [0x470],
    source: `${DATABASE}; RM0432, option bytes`,
    fields: [
      ...wide({ base: L4R, bank2: L4R + 0x1000, width: 8, code: 16 }),
      bank2Boot(L4R),
      choice('banks', 'DB1M', [L4R, 21], ['1 MB in one bank', '1 MB in two banks']),
      choice('banks', 'DBANK', [L4R, 22], ['one bank', 'two banks']),
      boot0(L4R),
    ],
  },
  {
    deviceIds: [0x471],
    source: `${DATABASE}; RM0432, option bytes`,
    fields: [
      ...wide({ base: L4R, bank2: L4R + 0x1000, width: 7, code: 16 }),
      bank2Boot(L4R),
      choice('banks', 'DBANK', [L4R, 22], ['one bank', 'two banks']),
      boot0(L4R),
    ],
  },
  {
    deviceIds: [0x468],
    source: `${DATABASE}; RM0440, option bytes`,
    fields: [...wide({ base: OPTR, width: 6, code: 14 }), boot0(OPTR), bootLock(OPTR + 0x28)],
  },
  {
    deviceIds: [0x479],
    source: `${DATABASE}; RM0440, option bytes`,
    fields: [...wide({ base: OPTR, width: 8 }), boot0(OPTR), bootLock(OPTR + 0x28)],
  },
  {
    deviceIds: [0x469],
    source: `${DATABASE}; RM0440, option bytes`,
    fields: [
      ...wide({ base: OPTR, bank2: OPTR_BANK_2, width: 7, code: 15 }),
      bank2Boot(OPTR),
      choice('banks', 'DBANK', [OPTR, 22], ['one bank', 'two banks']),
      boot0(OPTR),
      bootLock(OPTR + 0x28),
    ],
  },
  {
    deviceIds: [0x495],
    source: `${DATABASE}; RM0434, option bytes`,
    fields: [
      ...wide({ base: WB, width: 8, borBit: 9 }),
      choice('security', 'ESE', [WB, 8], ['off', 'on']),
      boot0(WB),
    ],
  },
  {
    deviceIds: [0x467],
    source: `${DATABASE}; RM0444 §3.4`,
    fields: [
      ...smallFields(7),
      pages('write-protection', 'WRP2A', [OPTR + 0x48, 0, 7]),
      pages('write-protection', 'WRP2B', [OPTR + 0x50, 0, 7]),
      choice('banks', 'nSWAP_BANK', [OPTR, 20], ['swapped', 'not swapped'], ['swapped']),
      choice('banks', 'DUAL_BANK', [OPTR, 21], ['one bank', 'two banks']),
    ],
  },
  { deviceIds: [0x493], source: `${DATABASE}; RM0490, option bytes`, fields: smallFields(6) },
  {
    deviceIds: [0x489],
    source: `${DATABASE}; RM0503, option bytes`,
    fields: [
      rdp(U0, 0),
      choice('brown-out', 'BOR_EN', [U0, 8], ['off', 'on']),
      pages('write-protection', 'WRP1A', [U0 + 0x0c, 0, 7]),
      pages('write-protection', 'WRP1B', [U0 + 0x10, 0, 7]),
      bootLock(U0 + 0x60),
    ],
  },
  { deviceIds: [0x472], source: `${DATABASE}; RM0438, option bytes`, fields: trustZoneFields(7, 22) },
  { deviceIds: [0x454], source: `${DATABASE}; RM0487, option bytes`, fields: trustZoneFields(7, 21) },
  { deviceIds: [0x455], source: `${DATABASE}; RM0456, option bytes`, fields: trustZoneFields(5, 21) },
  { deviceIds: [0x482], source: `${DATABASE}; RM0456, option bytes`, fields: trustZoneFields(7, 21) },
  { deviceIds: [0x481, 0x476], source: `${DATABASE}; RM0456, option bytes`, fields: trustZoneFields(8, 21) },
];

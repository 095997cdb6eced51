/**
 * Option bytes of STM32F0 to F7. Words, bits and values are those of ST's device database (CubeProgrammer, "Bootloader"
 * interface: as the loader shows them), and agree with the manuals where these could be read.
 */
import { address, choice, coded, rdp, watchdog, writable, writeProtected } from '../option-field.ts';
import type { OptionField, OptionMap } from '../option-field.ts';

const BOR_DOWN_TO_OFF = ['level 3', 'level 2', 'level 1', 'off'];
const NO_RESET = ['resets', 'no reset'];

// -- F0, F1, F3: each byte is followed by its complement --------------------------------------------------------------

const OLD = 0x1fff_f800;
const GROUPS = 'groups of pages';

const oldBytes = (protection: OptionField, groups: number): readonly OptionField[] => [
  protection,
  watchdog('WDG_SW', OLD, 16),
  ...[0, 1, 2, 3]
    .slice(0, groups)
    .map((n) => writable(`WRP${n}`, [n < 2 ? OLD + 8 : OLD + 12, n % 2 === 0 ? 0 : 16, 8], n * 8, GROUPS)),
];

const boot1 = choice(
  'boot',
  'nBOOT1',
  [OLD, 20],
  ['RAM behind BOOT0', 'bootloader behind BOOT0'],
  ['RAM behind BOOT0'],
);
const bootSelect = choice('boot', 'BOOT_SEL', [OLD, 23], ['BOOT0 by option bit', 'BOOT0 by its pin']);

/** 0xA5 opens an F1; it has one level of protection. */
const f1Protection = coded('read-protection', 'RDP', [OLD, 0], [{ value: 0xa5, name: 'off' }], {
  value: 0,
  name: 'on',
  opinion: 'prevents',
});

// -- F2, F4 -----------------------------------------------------------------------------------------------------------

const F4 = 0x1fff_c000;
const F4_BANK_2 = 0x1ffe_c000;

const f2Fields = (sectors: number): readonly OptionField[] => [
  rdp(F4, 8),
  choice('brown-out', 'BOR_LEV', [F4, 2, 2], BOR_DOWN_TO_OFF),
  watchdog('WDG_SW', F4, 5),
  choice('watchdog', 'nRST_STOP', [F4, 6], NO_RESET),
  choice('watchdog', 'nRST_STDBY', [F4, 7], NO_RESET),
  writable('nWRP', [F4 + 8, 0, sectors]),
];

/** Where it is on, nWRP protects against reading as well and means the opposite: 1 protects (RM0090 §3.7). */
const SPRMOD = choice(
  'code-protection',
  'SPRMOD',
  [F4 + 8, 15],
  ['off', 'nWRP protects against reading'],
  ['nWRP protects against reading'],
);

function underSprmod(field: OptionField): OptionField {
  const { meaning } = field;
  return meaning.kind === 'bits' ? { ...field, meaning: { ...meaning, invertedBy: [F4 + 8, 15] } } : field;
}

const f4Fields = (sectors: number) => [...f2Fields(sectors).map(underSprmod), SPRMOD];

const f4TwoBanks = (bank2: OptionField): readonly OptionField[] => [
  ...f4Fields(12),
  choice(
    'boot',
    'BFB2',
    [F4, 4],
    ['starts as BOOT0 says', 'bootloader chooses a bank'],
    ['bootloader chooses a bank'],
  ),
  // The database has it in bit 30 of the first word, where OPTCR has it; here it lies beside SPRMOD, as in OPTCR.
  choice('banks', 'DB1M', [F4 + 8, 14], ['1 MB in one bank', '1 MB in two banks']),
  bank2,
];

// -- F7 ---------------------------------------------------------------------------------------------------------------

const F7 = 0x1fff_0000;
/** Flash by either of its addresses, and the bootloader behind BOOT0. */
const F7_FLASH = [0x0800_0000, 0x0020_0000];

const f7Fields = (sectors: number): readonly OptionField[] => [
  rdp(F7, 8),
  choice('brown-out', 'BOR_LEV', [F7, 2, 2], BOR_DOWN_TO_OFF),
  watchdog('WWDG_SW', F7, 4),
  watchdog('IWDG_SW', F7, 5),
  choice('watchdog', 'nRST_STOP', [F7, 6], NO_RESET),
  choice('watchdog', 'nRST_STDBY', [F7, 7], NO_RESET),
  address('BOOT_ADD0', [F7 + 0x10, 0], 14, F7_FLASH),
  address('BOOT_ADD1', [F7 + 0x18, 0], 14),
  writable('nWRP', [F7 + 8, 0, sectors]),
];

const DATABASE = 'ST’s device database (CubeProgrammer)';

export const OLDER_OPTIONS: readonly OptionMap[] = [
  {
    deviceIds: [0x418],
    source: `${DATABASE}; PM0075, option bytes`,
    fields: oldBytes(f1Protection, 4),
  },
  {
    deviceIds: [0x445],
    source: `${DATABASE}; RM0091 §4`,
    fields: [...oldBytes(rdp(OLD, 0), 1), boot1, bootSelect],
  },
  { deviceIds: [0x448], source: `${DATABASE}; RM0091 §4`, fields: [...oldBytes(rdp(OLD, 0), 4), boot1] },
  {
    deviceIds: [0x432, 0x422],
    source: `${DATABASE}; RM0313 §4, tables 9 and 10, and RM0365 §5, tables 12 and 13`,
    fields: [...oldBytes(rdp(OLD, 0), 4), boot1],
  },
  {
    deviceIds: [0x439],
    source: `${DATABASE}; RM0366 §4, tables 9 and 10`,
    fields: [...oldBytes(rdp(OLD, 0), 2), boot1],
  },
  {
    deviceIds: [0x446],
    source: `${DATABASE}; RM0365 §5, tables 12 and 13`,
    fields: [...oldBytes(rdp(OLD, 0), 4), boot1, bootSelect],
  },
  { deviceIds: [0x411], source: `${DATABASE}; RM0033, option bytes`, fields: f2Fields(12) },
  { deviceIds: [0x413], source: `${DATABASE}; RM0090 §3.6, table 15`, fields: f2Fields(12) },
  { deviceIds: [0x423], source: `${DATABASE}; RM0368, option bytes`, fields: f4Fields(6) },
  { deviceIds: [0x433], source: `${DATABASE}; RM0368, option bytes`, fields: f4Fields(8) },
  { deviceIds: [0x431], source: `${DATABASE}; RM0383, option bytes`, fields: f4Fields(8) },
  { deviceIds: [0x441], source: `${DATABASE}; RM0402 §3.6`, fields: f4Fields(12) },
  { deviceIds: [0x421], source: `${DATABASE}; RM0390, option bytes`, fields: f4Fields(8) },
  { deviceIds: [0x463], source: `${DATABASE}; RM0430, option bytes`, fields: f4Fields(15) },
  {
    deviceIds: [0x419, 0x434],
    source: `${DATABASE}; RM0090 §3.7 and RM0386, option bytes`,
    fields: f4TwoBanks(underSprmod(writable('nWRP of bank 2', [F4_BANK_2 + 8, 0, 12], 12))),
  },
  { deviceIds: [0x449], source: `${DATABASE}; RM0385, option bytes`, fields: f7Fields(8) },
  {
    deviceIds: [0x452],
    source: `${DATABASE}; RM0431, option bytes`,
    fields: [...f7Fields(8), { ...writeProtected('PCROP', [F7 + 0x20, 0, 8]), topic: 'code-protection' }],
  },
  {
    deviceIds: [0x451],
    source: `${DATABASE}; RM0410, option bytes`,
    fields: [
      ...f7Fields(12),
      choice('banks', 'nDBANK', [F7 + 8, 13], ['two banks', 'one bank']),
      choice(
        'boot',
        'nDBOOT',
        [F7 + 8, 12],
        ['bootloader chooses a bank', 'starts as BOOT_ADD says'],
        ['bootloader chooses a bank'],
      ),
    ],
  },
];

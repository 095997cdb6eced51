/**
 * Option bytes of STM32H5, C5 and H7: the loader shows the registers that hold them. Words, bits and values are those of
 * ST's device database (CubeProgrammer). Of what the loader's layout string leaves out nothing is said: on an H74x that
 * is the write protection of the second bank.
 */
import { address, choice, coded, pages, pieces, rdp, watchdog, writable } from '../option-field.ts';
import type { NamedValue, OptionField, OptionMap } from '../option-field.ts';

const DATABASE = 'ST’s device database (CubeProgrammer)';
const FLASH = 0x0800_0000;
const GROUPS = 'groups of sectors';

// -- H7 ---------------------------------------------------------------------------------------------------------------

const OPTSR = 0x5200_201c;
const swapped = (word: number) =>
  choice('banks', 'SWAP_BANK', [word, 31], ['not swapped', 'swapped'], ['swapped']);

const h7Fields = (sectors: number, unit: 'sectors' | 'groups of sectors'): readonly OptionField[] => [
  rdp(OPTSR, 8),
  choice('brown-out', 'BOR_LEV', [OPTSR, 2, 2], ['off', 'level 1', 'level 2', 'level 3']),
  watchdog('IWDG1_SW', OPTSR, 4),
  choice('security', 'SECURITY', [OPTSR, 21], ['off', 'on'], ['on']),
  address('BOOT_CM7_ADD0', [0x5200_2040, 0], 16, [FLASH]),
  address('BOOT_CM7_ADD1', [0x5200_2040, 16], 16),
  pieces('code-protection', 'PROT_AREA1', 0x5200_2028),
  pieces('security', 'SEC_AREA1', 0x5200_2030),
  writable('WRPSn1', [0x5200_2038, 0, sectors], 0, unit),
];

const h7SecondBank = (sectors: number, first: number, unit: 'sectors' | 'groups of sectors') => [
  swapped(OPTSR),
  pieces('code-protection', 'PROT_AREA2', 0x5200_2128),
  pieces('security', 'SEC_AREA2', 0x5200_2130),
  writable('WRPSn2', [0x5200_2138, 0, sectors], first, unit),
];

// -- H5 ---------------------------------------------------------------------------------------------------------------

const H5 = 0x4002_2050;
const OFF: NamedValue = { value: 0xc3, name: 'off' };
const ON: NamedValue = { value: 0xb4, name: 'on', opinion: 'watch' };

const PRODUCT_STATE = coded(
  'read-protection',
  'PRODUCT_STATE',
  [H5, 8],
  [
    { value: 0xed, name: 'open' },
    { value: 0x17, name: 'provisioning', opinion: 'watch' },
    { value: 0x2e, name: 'provisioned', opinion: 'watch' },
    { value: 0xc6, name: 'TrustZone closed', opinion: 'prevents' },
    { value: 0x72, name: 'closed', opinion: 'prevents' },
    { value: 0x5c, name: 'locked', opinion: 'prevents' },
  ],
);

const h5Fields: readonly OptionField[] = [
  PRODUCT_STATE,
  choice('brown-out', 'BOR_LEV', [H5, 0, 2], ['level 1', 'level 2', 'level 3', 'level 1']),
  watchdog('IWDG_SW', H5, 3),
  swapped(H5),
  address('NSBOOTADD', [0x4002_2080, 8, 24], 8, [FLASH]),
  pages('security', 'HDP1', [0x4002_20f8, 0, 7]),
  pages('security', 'HDP2', [0x4002_21f8, 0, 7]),
];

const h5Groups = (count: number): readonly OptionField[] => [
  writable('WRPSGn1', [0x4002_20e8, 0, count], 0, GROUPS),
  writable('WRPSGn2', [0x4002_21e8, 0, count], count, GROUPS),
];

const TRUST_ZONE = coded('security', 'TZEN', [0x4002_2070, 24], [OFF, ON]);

// -- C5 ---------------------------------------------------------------------------------------------------------------

const c5Fields: readonly OptionField[] = [
  coded(
    'read-protection',
    'RDP_LEVEL',
    [H5, 8],
    [
      { value: 0xed, name: 'level 0' },
      { value: 0xd1, name: 'level 2 with boundary scan', opinion: 'prevents' },
      { value: 0x72, name: 'level 2', opinion: 'prevents' },
    ],
  ),
  swapped(H5),
  choice('boot', 'BOOT_SEL', [H5, 22], ['BOOT0 by option bit', 'BOOT0 by its pin']),
  address('BOOTADD', [0x4002_2080, 8, 24], 8, [FLASH]),
  writable('WRPSGn1', [0x4002_20e8, 0, 32], 0, GROUPS),
  writable('WRPSGn2', [0x4002_21e8, 0, 32], 32, GROUPS),
];

export const H_OPTIONS: readonly OptionMap[] = [
  {
    deviceIds: [0x450],
    source: `${DATABASE}; RM0433, FLASH_OPTSR_CUR to FLASH_WPSN_CUR2R`,
    fields: [...h7Fields(8, 'sectors'), ...h7SecondBank(8, 8, 'sectors')],
  },
  {
    deviceIds: [0x483],
    source: `${DATABASE}; RM0468, FLASH_OPTSR_CUR to FLASH_WPSN_CUR`,
    fields: h7Fields(8, 'sectors'),
  },
  {
    deviceIds: [0x480],
    source: `${DATABASE}; RM0455, FLASH_OPTSR_CUR to FLASH_WPSGN_CUR2R`,
    fields: [...h7Fields(32, GROUPS), ...h7SecondBank(32, 32, GROUPS)],
  },
  {
    deviceIds: [0x484],
    source: `${DATABASE}; RM0481, FLASH_OPTSR_CUR to FLASH_HDP2R_CUR`,
    fields: [...h5Fields, TRUST_ZONE, ...h5Groups(32)],
  },
  {
    deviceIds: [0x478],
    source: `${DATABASE}; RM0481, FLASH_OPTSR_CUR to FLASH_HDP2R_CUR`,
    fields: [...h5Fields, TRUST_ZONE, ...h5Groups(8)],
  },
  {
    deviceIds: [0x474],
    source: `${DATABASE}; RM0492, FLASH_OPTSR_CUR to FLASH_HDP2R_CUR`,
    fields: [...h5Fields, ...h5Groups(8)],
  },
  { deviceIds: [0x44e, 0x44f, 0x45a], source: DATABASE, fields: c5Fields },
];

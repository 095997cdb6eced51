/**
 * Option bytes: what a chip keeps of its settings besides the flash. Of the families whose reference manual was at hand
 * the fields that decide over an update are named, and some that explain a device that does not start; of all others the
 * bytes are shown as they are. Nothing here is ever written.
 */

/** How the value of a field is to be read. */
type Meaning =
  /** Read protection: 0xAA is level 0, 0xCC level 2, everything else level 1. */
  | 'protection-level'
  /** A bit for each sector, or group of them: 0 protects it against writing. */
  | 'writable-sectors'
  /** The first and the last protected page; nothing is protected where the first lies behind the last. */
  | { readonly lastPageBit: number }
  | readonly string[];

interface Field {
  readonly name: string;
  /** Absolute address of its word, as the loader shows it. */
  readonly word: number;
  /** Its lowest bit there. */
  readonly bit: number;
  /** Bits. */
  readonly width: number;
  readonly meaning: Meaning;
}

interface OptionMap {
  readonly deviceIds: readonly number[];
  readonly source: string;
  readonly fields: readonly Field[];
}

const BY_SOFTWARE = ['started by hardware', 'started by software'];
const NO_RESET = ['resets', 'no reset'];

const F2_F4: OptionMap = {
  deviceIds: [0x411, 0x413, 0x419],
  source: 'RM0033 and RM0090, description of option bytes',
  fields: [
    { name: 'RDP', word: 0x1fff_c000, bit: 8, width: 8, meaning: 'protection-level' },
    {
      name: 'BOR_LEV',
      word: 0x1fff_c000,
      bit: 2,
      width: 2,
      meaning: ['level 3', 'level 2', 'level 1', 'off'],
    },
    { name: 'WDG_SW', word: 0x1fff_c000, bit: 5, width: 1, meaning: BY_SOFTWARE },
    { name: 'nRST_STOP', word: 0x1fff_c000, bit: 6, width: 1, meaning: NO_RESET },
    { name: 'nRST_STDBY', word: 0x1fff_c000, bit: 7, width: 1, meaning: NO_RESET },
    { name: 'nWRP', word: 0x1fff_c008, bit: 0, width: 12, meaning: 'writable-sectors' },
  ],
};

const F74: OptionMap = {
  deviceIds: [0x449],
  source: 'RM0385, description of option bytes',
  fields: [
    { name: 'RDP', word: 0x1fff_0000, bit: 8, width: 8, meaning: 'protection-level' },
    {
      name: 'BOR_LEV',
      word: 0x1fff_0000,
      bit: 2,
      width: 2,
      meaning: ['level 3', 'level 2', 'level 1', 'off'],
    },
    { name: 'WWDG_SW', word: 0x1fff_0000, bit: 4, width: 1, meaning: BY_SOFTWARE },
    { name: 'IWDG_SW', word: 0x1fff_0000, bit: 5, width: 1, meaning: BY_SOFTWARE },
    { name: 'nWRP', word: 0x1fff_0008, bit: 0, width: 8, meaning: 'writable-sectors' },
  ],
};

const H74: OptionMap = {
  deviceIds: [0x450],
  source: 'RM0433 §4.9, FLASH_OPTSR_CUR and FLASH_WPSN_CUR1R',
  fields: [
    { name: 'RDP', word: 0x5200_201c, bit: 8, width: 8, meaning: 'protection-level' },
    {
      name: 'BOR_LEV',
      word: 0x5200_201c,
      bit: 2,
      width: 2,
      meaning: ['off', 'level 1', 'level 2', 'level 3'],
    },
    { name: 'IWDG1_SW', word: 0x5200_201c, bit: 4, width: 1, meaning: BY_SOFTWARE },
    { name: 'SECURITY', word: 0x5200_201c, bit: 21, width: 1, meaning: ['off', 'on'] },
    { name: 'SWAP_BANK_OPT', word: 0x5200_201c, bit: 31, width: 1, meaning: ['not swapped', 'swapped'] },
    { name: 'WRPSn1', word: 0x5200_2038, bit: 0, width: 8, meaning: 'writable-sectors' },
  ],
};

const BOR_FIVE_LEVELS = ['level 0', 'level 1', 'level 2', 'level 3', 'level 4'];

function pages(deviceIds: readonly number[], source: string, width: number): OptionMap {
  const meaning = { lastPageBit: 16 };
  return {
    deviceIds,
    source,
    fields: [
      { name: 'RDP', word: 0x1fff_7800, bit: 0, width: 8, meaning: 'protection-level' },
      { name: 'BOR_LEV', word: 0x1fff_7800, bit: 8, width: 3, meaning: BOR_FIVE_LEVELS },
      { name: 'WRP1A', word: 0x1fff_7818, bit: 0, width, meaning },
      { name: 'WRP1B', word: 0x1fff_7820, bit: 0, width, meaning },
    ],
  };
}

const MAPS: readonly OptionMap[] = [
  F2_F4,
  F74,
  H74,
  pages([0x415], 'RM0351, description of option bytes', 8),
  pages([0x468, 0x469], 'RM0440, description of option bytes', 7),
];

export interface OptionField {
  readonly name: string;
  readonly value: string;
  /** An update cannot be carried out as long as it is like this. */
  readonly prevents: boolean;
}

/**
 * The fields that lie in these bytes; none where the family's are not known.
 * @param address of the first byte, absolute
 */
export function optionFields(deviceId: number, address: number, bytes: Uint8Array): readonly OptionField[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const map = MAPS.find(({ deviceIds }) => deviceIds.includes(deviceId));
  return (map?.fields ?? []).flatMap((field) => {
    const offset = field.word - address;
    if (offset < 0 || offset + 4 > bytes.length) return [];
    return [{ name: field.name, ...read(field, view.getUint32(offset, true)) }];
  });
}

function read({ bit, width, meaning }: Field, word: number): Omit<OptionField, 'name'> {
  const bits = (from: number) => (word >>> from) & (2 ** width - 1);
  const value = bits(bit);
  if (meaning === 'protection-level') return protection(value);
  if (meaning === 'writable-sectors') {
    const numbers = Array.from({ length: width }, (_, i) => i).filter((i) => ((value >>> i) & 1) === 0);
    return numbers.length === 0
      ? NOTHING_PROTECTED
      : { value: `sectors ${numbers.join(', ')}`, prevents: true };
  }
  if ('lastPageBit' in meaning) {
    const last = bits(meaning.lastPageBit);
    return value > last ? NOTHING_PROTECTED : { value: `pages ${value} to ${last}`, prevents: true };
  }
  return { value: meaning[value] ?? `0x${value.toString(16)}`, prevents: false };
}

const NOTHING_PROTECTED = { value: 'nothing protected', prevents: false };

function protection(value: number): Omit<OptionField, 'name'> {
  if (value === 0xaa) return { value: 'level 0', prevents: false };
  return { value: value === 0xcc ? 'level 2' : 'level 1', prevents: true };
}

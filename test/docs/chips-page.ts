/** docs/reference/chips.md: every family of chips with what is known of it. */
import { duration, kilobytes } from '../../src-main/hosts/cli/quantities.ts';
import { loaderVersion } from '../../src-main/stm32/bootloader-id.ts';
import { FAMILIES } from '../../src-main/stm32/families.ts';
import type { Family, ReadableRegister, SectorMap, SerialFormat } from '../../src-main/stm32/family.ts';
import { QUIRKS } from '../../src-main/stm32/quirks.ts';
import { hexadecimal, list, page } from './markdown.ts';

const SERIALS: Readonly<Record<SerialFormat, string>> = {
  idcode: 'says the stepping, and is the same on every chip of that stepping',
  'unique-id': 'differs from chip to chip',
  constant: 'is the same on every chip',
  unknown: 'not known what it is made of',
};

export function chipsPage(): string {
  const series = [...new Set(FAMILIES.map(seriesOf))].sort();
  return page(
    'Chips',
    `The ${FAMILIES.length} families of STM32 whose bootloader in ROM speaks USB, and what is known of each. Chips that are not ` +
      'here have no USB in their bootloader. Where each figure comes from stands beside it in the code ' +
      '(`src-main/stm32/families/`); what nobody has published is left out.',
    '_Can be read_ says how sure it is that a value can be read through the bootloader: _proven_ by somebody who published ' +
      'it, _documented_ by ST and not yet seen, or _refused_, and then it is not tried.',
    ...series.flatMap((name) => [
      `## ${name}`,
      ...FAMILIES.filter((family) => seriesOf(family) === name).map(section),
    ]),
  );
}

/** `STM32H7` of `STM32H742/743/745`. */
function seriesOf({ name }: Family): string {
  return /^STM32[A-Z]+\d/.exec(name)?.[0] ?? name;
}

function section(family: Family): string {
  const { shortName, name, deviceId, knownBootloaderIds, sectorMaps, eraseTimes, alignment } = family;
  const steppings = Object.entries(family.steppings).map(
    ([revision, letter]) => `${letter} (${hexadecimal(Number(revision), 4)})`,
  );
  const sizes = sectorMaps.flatMap(({ banks }) => banks.flatMap(({ runs }) => runs.map(({ size }) => size)));
  const erase = eraseTimes
    .filter(({ sectorSize }) => sizes.includes(sectorSize))
    .map(
      ({ sectorSize, typical, worst }) =>
        `${kilobytes(sectorSize)} ${duration(typical)}, at worst ${duration(worst)}`,
    );
  const defects = QUIRKS.filter((quirk) =>
    [undefined, ...knownBootloaderIds].some((id) =>
      quirk.applies({ deviceId, ...(id !== undefined && { bootloaderId: id }) }),
    ),
  );
  const lines: readonly (readonly [string, readonly string[]])[] = [
    ['Chips', [name]],
    ['Device ID', [hexadecimal(deviceId, 3)]],
    ['Bootloaders', knownBootloaderIds.map((id) => `${loaderVersion(id).name} (${hexadecimal(id)})`)],
    ['Steppings', steppings],
    ['Can be read', readable(family)],
    ['Serial number', [SERIALS[family.serial]]],
    ['Flash', sectorMaps.map(mapOf)],
    ['Erasing a sector', erase],
    ['Written in steps of', [`${alignment} bytes`]],
    ['Known defects', defects.map(({ name: defect }) => `[${defect}](defects.md#${defect})`)],
  ];
  return [
    `### ${shortName}`,
    list(
      lines
        .filter(([, values]) => values.length > 0)
        .map(([what, values]) => `${what}: ${values.join('; ')}`),
    ),
  ].join('\n\n');
}

function readable({ bootloaderId, flashSizeRegister, uniqueId }: Family): readonly string[] {
  const registers: readonly (readonly [string, ReadableRegister | undefined])[] = [
    ['bootloader ID', bootloaderId],
    ['flash size', flashSizeRegister],
    ['unique ID', uniqueId],
  ];
  return registers.flatMap(([what, register]) =>
    register ? [`${what} at ${hexadecimal(register.address, 8)} (${register.readable})`] : [],
  );
}

/** `2 MB, dual bank: 16 × 128 KB`; runs of equal sectors in the order of their addresses. */
function mapOf({ name, banks }: SectorMap): string {
  const runs = banks.map((bank) =>
    bank.runs.map(({ count, size }) => `${count} × ${kilobytes(size)}`).join(' + '),
  );
  const [first = ''] = runs;
  const same = runs.length > 1 && runs.every((run) => run === first);
  return `${name} (${same ? `${runs.length} × (${first})` : runs.join(', then ')})`;
}

/** A plan in words and as a table: what will be written where, how long it takes, what stays and what goes. */
import { hex, rangeLength } from '../../../shared/address.ts';
import type { DeviceIdentity } from '../../../shared/identity.ts';
import { valueOf } from '../../../shared/fact.ts';
import { FLASH_START } from '../../dfuse/layout.ts';
import { inspectVectorTable, type VectorTableOddity } from '../../firmware/vector-table.ts';
import type { FirmwareImage } from '../../firmware/image.ts';
import type { JournalEntry } from '../../flash/journal.ts';
import type { Plan, SectorStep } from '../../flash/plan.ts';
import type { FlashTarget } from '../../flash/target.ts';
import { deviceLine } from './device-words.ts';
import type { Field } from './fields.ts';
import { about, byteCount, counted, duration, kilobytes, moment } from './quantities.ts';
import { quirkMeaning } from '../../diagnostics/device/quirk-meaning.ts';

/** What is odd about the image's vector table; nothing where the chip, and so its RAM, is not known. */
function oddities(image: FirmwareImage, target: FlashTarget): readonly VectorTableOddity[] {
  const { family } = target;
  if (!family || !image.span) return [];
  // What does not begin at the start of flash is an application behind a bootloader, with its own table.
  const startsFlash = image.slice(FLASH_START, 1) !== undefined;
  return inspectVectorTable(image, {
    flashStart: startsFlash ? FLASH_START : image.span.start,
    ram: family.ram,
  });
}

export function deviceField(identity: DeviceIdentity): Field {
  const size = valueOf(identity.flashSize);
  return [
    'Device',
    [
      `${deviceLine(identity)} · at ${identity.path}`,
      ...(size === undefined ? [] : [`${kilobytes(size)} of flash`]),
      ...(identity.kind === 'st-rom'
        ? []
        : ['not ST’s own bootloader: nobody has checked its layout and its habits']),
    ],
  ];
}

/** Everything a person should know before the plan is carried out. */
export function planFields(plan: Plan, target: FlashTarget): readonly Field[] {
  const outside = plan.steps
    .flatMap((step) => step.outside)
    .reduce((sum, range) => sum + rangeLength(range), 0);
  const keeps = plan.policy.outside === 'preserve';
  return [
    ['Update', [extentOf(plan, target)]],
    ['Order', plan.policy.vectorTableLast ? ['The first sector is erased first and written last.'] : []],
    [
      'Kept',
      keeps && outside > 0
        ? [
            `Up to ${byteCount(outside)} beside the image in these sectors: read first, written back, read again.`,
          ]
        : [],
    ],
    ['Lost', keeps || outside === 0 ? [] : [`${byteCount(outside)} beside the image in these sectors.`]],
    ['Known', plan.handled.map((quirk) => `${quirk.what} ${quirkMeaning(quirk.effect)}`)],
    [
      'Odd',
      oddities(plan.image, target).map(({ sentence }) => `${sentence} The device may not start with it.`),
    ],
  ];
}

function extentOf(plan: Plan, target: FlashTarget): string {
  const { compare, erase, write, verify } = plan.expected;
  const time = about(compare + erase + write + verify) ?? 'a moment';
  return (
    `${plan.steps.length} of ${counted(target.sectors.length, 'sector')}. Those that are right already are left alone. ` +
    `Rewriting all of them takes ${time}.`
  );
}

export function interruptedField(entry: JournalEntry | undefined): Field {
  if (!entry) return ['Resumes', []];
  const saved = entry.preserved.reduce((sum, { bytes }) => sum + bytes.length, 0);
  const kept = saved === 0 ? '' : ` The ${byteCount(saved)} it had saved go back to their place.`;
  return [
    'Resumes',
    [
      `An update with ${entry.name} was interrupted (${moment(entry.started)}). It goes on where flash differs.${kept}`,
    ],
  ];
}

// -- the table -----------------------------------------------------------------------------------------------------------

/** So many equal sectors in a row are one line. */
const FOLDED_FROM = 5;
const HEADINGS = ['Sector', 'Address', 'Size', 'Image', 'Erase', 'Write', 'Read back'] as const;

/** @param folded equal sectors that are full are put together */
export function planTable(plan: Plan, folded: boolean): string[] {
  const groups = folded ? grouped(plan.steps) : plan.steps.map((step) => [step]);
  const rows = groups.map(rowOf);
  const sizes = plan.steps.reduce((sum, { sector }) => sum + sector.size, 0);
  const { erase, write, verify } = plan.expected;
  const total = [
    'Total',
    '',
    kilobytes(sizes),
    byteCount(plan.bytes),
    ...[erase, write, verify].map(duration),
  ];
  return aligned([HEADINGS, ...rows, total]);
}

function grouped(steps: readonly SectorStep[]): SectorStep[][] {
  const groups: SectorStep[][] = [];
  for (const step of steps) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && belongTogether(last, step)) group.push(step);
    else groups.push([step]);
  }
  return groups.flatMap((group) => (group.length < FOLDED_FROM ? group.map((step) => [step]) : [group]));
}

function belongTogether(a: SectorStep, b: SectorStep): boolean {
  const full = a.outside.length === 0 && b.outside.length === 0;
  return full && a.sector.size === b.sector.size && a.sector.address + a.sector.size === b.sector.address;
}

function rowOf(group: readonly SectorStep[]): string[] {
  const first = group[0];
  const last = group.at(-1);
  if (!first || !last) return [];
  const sum = (of: (step: SectorStep) => number) => group.reduce((total, step) => total + of(step), 0);
  const bytes = sum((step) => step.bytes);
  const alone = group.length === 1;
  return [
    alone ? `${first.sector.index}` : `${first.sector.index}–${last.sector.index}`,
    hex(first.sector.address),
    alone ? kilobytes(first.sector.size) : `${group.length} × ${kilobytes(first.sector.size)}`,
    first.outside.length === 0 ? 'all of it' : byteCount(bytes),
    duration(sum(({ expected }) => expected.erase)),
    duration(sum(({ expected }) => expected.write)),
    duration(sum(({ expected }) => expected.verify)),
  ];
}

/** Columns with the figures to the right, two blanks between them. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = HEADINGS.map((_heading, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padStart(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export function planFacts(plan: Plan, target: FlashTarget) {
  return {
    bytes: plan.bytes,
    alignment: plan.alignment,
    outside: plan.policy.outside,
    vectorTableLast: plan.policy.vectorTableLast,
    sectors: plan.steps.map(({ sector, bytes, outside, expected }) => ({
      index: sector.index,
      address: sector.address,
      size: sector.size,
      bytes,
      outside,
      expected,
    })),
    expected: plan.expected,
    lost: plan.lost,
    handled: plan.handled.map(({ name, what, effect }) => ({ name, what, meaning: quirkMeaning(effect) })),
    oddities: oddities(plan.image, target),
  };
}

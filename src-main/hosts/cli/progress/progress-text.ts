/** Progress in words, and the line that is drawn of it. Pure: the same progress makes the same text. */
import { hex } from '../../../../shared/address.ts';
import type { RecoveryRung } from '../../../../shared/progress.ts';
import { about, kilobyteNumber, rate } from '../quantities.ts';
import { fitted } from '../typography.ts';
import { phaseWord } from '../words/phases.ts';
import type { DeviceProgress } from './device-progress.ts';

const RECOVERING: Readonly<Record<RecoveryRung, string>> = {
  clear: 'Speaking to the bootloader again',
  're-open': 'Opening the device again',
  'usb-reset': 'Resetting the USB connection',
  replug: 'Waiting for the device',
};

/** A sector of this size takes seconds to erase on some chips, and nothing can be seen meanwhile. */
const SLOW_SECTOR = 64 * 1024;

/** A piece of the words. Where there is no room for all, those of the highest weight are left out first. */
export interface Part {
  readonly text: string;
  readonly weight: number;
}

/** What is being done, in the order of reading. There is always a part of weight 0, and it stays. */
function progressParts(progress: DeviceProgress): readonly Part[] {
  const { need, recovering, erasing, phase, done, total } = progress;
  if (need) return parts(['Waiting for the device to be plugged in again', waitingTime(need.patience)]);
  if (recovering) return parts([RECOVERING[recovering]]);
  if (!phase) return parts(['Identifying']);
  if (erasing && erasing.size >= SLOW_SECTOR)
    return parts([`${phaseWord(phase)} ${hex(erasing.address)}`, 'seconds are normal here']);
  const left = about(progress.remaining ?? 0);
  return [
    { text: phaseWord(phase), weight: 0 },
    ...(total > 0 ? [{ text: `${kilobyteNumber(done)} of ${kilobyteNumber(total)} KB`, weight: 1 }] : []),
    ...(progress.rate > 0 ? [{ text: rate(progress.rate), weight: 3 }] : []),
    ...(left === undefined ? [] : [{ text: `${left} left`, weight: 2 }]),
  ];
}

function parts(texts: readonly string[]): readonly Part[] {
  return texts.map((text, weight) => ({ text, weight }));
}

function waitingTime(patience: number): string {
  return `at most ${(about(patience) ?? 'a moment').replace('about ', '')}`;
}

export function percent({ fraction }: DeviceProgress): string {
  return `${Math.floor(fraction * 100)} %`;
}

/** `Writing · 412 of 1 024 KB · 48 KB/s · about 20 seconds left` */
export function progressWords(progress: DeviceProgress): string {
  return joined(progressParts(progress));
}

/** Of the line. It does not depend on the words: a bar that changes its length cannot be read. */
const BAR_SHARE = 0.2;
const LONGEST_BAR = 28;
const SHORTEST_BAR = 8;
const PERCENT_WIDTH = '100 %'.length;
const GAP = '  ';

/**
 * One line of at most `width` characters: bar, percentage, words. Where it is too narrow the least important words go
 * first, then the bar.
 * @param label names the device, with blanks behind it; empty where there is only one
 */
export function progressLine(progress: DeviceProgress, label: string, width: number): string {
  const head = label === '' ? GAP : label;
  const bar = Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, Math.floor(width * BAR_SHARE)));
  const room = width - head.length - bar - PERCENT_WIDTH - 2 * GAP.length;
  const words = joined(lighter(progressParts(progress), room));
  if (words.length > room) return fitted(`${head}${percent(progress)}${GAP}${words}`, width);
  return [head + drawnBar(progress.fraction, bar), percent(progress).padStart(PERCENT_WIDTH), words].join(
    GAP,
  );
}

/** Without as many parts as it takes to fit into `room` characters. */
function lighter(all: readonly Part[], room: number): readonly Part[] {
  const heaviest = Math.max(...all.map(({ weight }) => weight));
  if (heaviest === 0 || joined(all).length <= room) return all;
  return lighter(
    all.filter(({ weight }) => weight < heaviest),
    room,
  );
}

function joined(all: readonly Part[]): string {
  return all.map(({ text }) => text).join(' · ');
}

function drawnBar(fraction: number, width: number): string {
  const full = Math.round(fraction * width);
  return '█'.repeat(full) + '░'.repeat(width - full);
}

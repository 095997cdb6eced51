import { expect, it } from 'vitest';
import type { ProgressEvent } from '../../../../shared/progress.ts';
import { AT_START, advance, type DeviceProgress } from './device-progress.ts';
import { PlainLines } from './plain-lines.ts';

function written(now: number, fraction: number): readonly [number, ProgressEvent] {
  const event = {
    type: 'progress',
    phase: 'write',
    address: 0,
    done: 1024,
    total: 4096,
    fraction,
    rate: 0,
    remaining: 0,
  };
  return [now, event as ProgressEvent];
}

function lines(...events: readonly (readonly [now: number, event: ProgressEvent])[]): (string | undefined)[] {
  let now = 0;
  const plain = new PlainLines({ now: () => now, sleep: () => Promise.resolve() });
  let progress: DeviceProgress = AT_START;
  return events.map(([time, event]) => {
    now = time;
    progress = advance(progress, event);
    return plain.lineFor(event, progress);
  });
}

const phase = (name: 'erase' | 'write'): readonly [number, ProgressEvent] => [
  0,
  { type: 'phase', phase: name },
];

it('each kind of work is named once', () => {
  expect(lines(phase('erase'), phase('write'), phase('erase'), phase('write'))).toEqual([
    'Erasing',
    'Writing',
    undefined,
    undefined,
  ]);
});

it('there is a line for each tenth, not for each event', () => {
  expect(
    lines(phase('write'), written(1, 0.05), written(2, 0.12), written(3, 0.19), written(4, 0.2)),
  ).toEqual(['Writing', undefined, '12 % · Writing · 1 of 4 KB', undefined, '20 % · Writing · 1 of 4 KB']);
});

it('no silence is longer than five seconds while something happens', () => {
  expect(lines(phase('write'), written(4_999, 0.01), written(5_000, 0.01), written(6_000, 0.01))).toEqual([
    'Writing',
    undefined,
    '1 % · Writing · 1 of 4 KB',
    undefined,
  ]);
});

it('other events make no line', () => {
  expect(lines([0, { type: 'sector', address: 0, size: 1, state: 'erasing' }])).toEqual([undefined]);
});

import { describe, expect, it } from 'vitest';
import { AT_START, type DeviceProgress } from './device-progress.ts';
import { percent, progressLine, progressWords } from './progress-text.ts';

const WRITING: DeviceProgress = {
  ...AT_START,
  phase: 'write',
  done: 412 * 1024,
  total: 1024 * 1024,
  rate: 48 * 1024,
  fraction: 0.624,
  remaining: 19_000,
};
const ERASING: DeviceProgress = {
  ...WRITING,
  phase: 'erase',
  erasing: { address: 0x0810_0000, size: 128 * 1024 },
};

describe('words', () => {
  it('say what is done, how much of it, how fast and how long still', () => {
    expect(progressWords(WRITING)).toBe('Writing · 412 of 1 024 KB · 48 KB/s · about 20 seconds left');
  });

  it('of a large sector say which and that seconds are normal', () => {
    expect(progressWords(ERASING)).toBe('Erasing 0x08100000 · seconds are normal here');
  });

  it('of a small sector say how much, since it is over at once', () => {
    const small = { ...ERASING, erasing: { address: 0x0810_0000, size: 2048 } };
    expect(progressWords(small)).toBe('Erasing · 412 of 1 024 KB · 48 KB/s · about 20 seconds left');
  });

  it('leave out what is not known or not worth telling', () => {
    expect(progressWords(AT_START)).toBe('Identifying');
    expect(progressWords({ ...WRITING, rate: 0, total: 0, remaining: 900 })).toBe('Writing');
  });

  it('of a lost device say what it waits for', () => {
    const need = { kind: 'replug', path: '1-2', patience: 120_000 } as const;
    expect(progressWords({ ...WRITING, need })).toBe(
      'Waiting for the device to be plugged in again · at most 2 minutes',
    );
    expect(progressWords({ ...WRITING, recovering: 'usb-reset' })).toBe('Resetting the USB connection');
  });

  it('never say a hundred percent before the end', () => {
    expect(percent({ ...WRITING, fraction: 0.999 })).toBe('99 %');
  });
});

describe('the line', () => {
  it.each([
    [120, '  ███████████████░░░░░░░░░   62 %  Writing · 412 of 1 024 KB · 48 KB/s · about 20 seconds left'],
    [79, '  █████████░░░░░░   62 %  Writing · 412 of 1 024 KB · about 20 seconds left'],
    [60, '  ███████░░░░░   62 %  Writing · 412 of 1 024 KB'],
    [40, '  █████░░░   62 %  Writing'],
    [20, '  62 %  Writing'],
    [10, '  62 %  W…'],
  ])('in %d characters', (width, line) => {
    expect(progressLine(WRITING, '', width)).toBe(line);
  });

  it('names the device where there are several', () => {
    expect(progressLine(WRITING, '1-2.4  ', 79)).toBe(
      '1-2.4  █████████░░░░░░   62 %  Writing · 412 of 1 024 KB',
    );
  });

  it('has a bar of the same length whatever the words', () => {
    const bar = (progress: DeviceProgress) => /[█░]+/.exec(progressLine(progress, '', 79))?.[0].length;
    expect(bar(WRITING)).toBe(bar(ERASING));
    expect(bar(AT_START)).toBe(bar(ERASING));
  });

  it('never fills its terminal', () => {
    for (let width = 8; width < 160; width++) {
      for (const progress of [AT_START, WRITING, ERASING]) {
        expect(progressLine(progress, '1-2  ', width).length).toBeLessThanOrEqual(width);
      }
    }
  });
});

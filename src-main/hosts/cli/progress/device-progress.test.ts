import { expect, it } from 'vitest';
import type { ProgressEvent } from '../../../../shared/progress.ts';
import { AT_START, advance, type DeviceProgress } from './device-progress.ts';

const NEED = { kind: 'replug', path: '1-2', patience: 120_000 } as const;

function after(...events: readonly ProgressEvent[]): DeviceProgress {
  return events.reduce(advance, AT_START);
}

function progress(phase: 'erase' | 'write', done: number): ProgressEvent {
  return { type: 'progress', phase, address: 0, done, total: 100, fraction: 0.5, rate: 10, remaining: 9_000 };
}

const SECTOR = { type: 'sector', address: 0x0800_0000, size: 131_072 } as const;

it('comparing changes nothing; the first erase does', () => {
  expect(after({ type: 'phase', phase: 'compare' }, { ...SECTOR, state: 'unchanged' }).condition).toBe(
    'untouched',
  );
  expect(after({ type: 'phase', phase: 'erase' }, { ...SECTOR, state: 'erasing' }).condition).toBe(
    'incomplete',
  );
});

it('unlocking erases everything without telling of sectors', () => {
  expect(after({ type: 'phase', phase: 'unprotect' }).condition).toBe('incomplete');
});

it('the figures of one kind of work do not outlive it; the whole does', () => {
  const { done, total, rate, fraction, remaining } = after(progress('erase', 50), {
    type: 'phase',
    phase: 'write',
  });
  expect({ done, total, rate }).toEqual({ done: 0, total: 0, rate: 0 });
  expect({ fraction, remaining }).toEqual({ fraction: 0.5, remaining: 9_000 });
});

it('a sector is being erased until something else is told of a sector', () => {
  const erasing = after({ ...SECTOR, state: 'erasing' });
  expect(erasing.erasing).toEqual({ address: 0x0800_0000, size: 131_072 });
  expect(advance(erasing, { ...SECTOR, state: 'erased' }).erasing).toBeUndefined();
});

it('recovery is over when the work goes on, a need when it is met', () => {
  const lost = after({ type: 'recovery', rung: 'replug', because: 'gone' }, { type: 'needs', need: NEED });
  expect(lost).toMatchObject({ recovering: 'replug', need: NEED });
  expect(advance(lost, { type: 'needs-met' }).need).toBeUndefined();
  expect(advance(lost, progress('write', 1)).recovering).toBeUndefined();
  expect(advance(lost, { type: 'retry', address: 0, attempt: 1, because: 'x' })).toEqual(lost);
});

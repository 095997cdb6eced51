import { describe, expect, it } from 'vitest';
import type { ProgressEvent } from '../../../../shared/progress.ts';
import type { QuirkEffect } from '../../../stm32/quirk.ts';
import { conditionWords, stoppingWords, type Undertaking } from './condition.ts';
import { departureWords } from './departure.ts';
import { detailOf } from './details.ts';
import { quirkMeaning } from '../../../diagnostics/device/quirk-meaning.ts';

describe('the condition of a device', () => {
  const undertakings: readonly Undertaking[] = ['looking', 'update', 'erase', 'unlock'];

  it.each(undertakings)('after %s that changed nothing, that is said', (undertaking) => {
    expect(conditionWords('untouched', undertaking)).toBe('Nothing was changed on the device.');
  });

  it('after half an update the bootloader is unharmed and the way on is named', () => {
    expect(conditionWords('incomplete', 'update')).toMatch(
      /not complete.*bootloader is unharmed.*same command/,
    );
  });

  it('after half an erase no update is spoken of', () => {
    expect(conditionWords('incomplete', 'erase')).not.toContain('update');
    expect(conditionWords('incomplete', 'unlock')).not.toContain('update');
  });

  it('what was proven stays proven', () => {
    expect(conditionWords('complete', 'update')).toContain('read back equal');
  });

  it('a stop says at once what it leaves behind', () => {
    expect(stoppingWords('untouched')).toContain('Nothing');
    expect(stoppingWords('incomplete')).toContain('unharmed');
  });
});

it('a start is never promised', () => {
  expect(departureWords({ left: false, unreliable: false })).toContain('still there');
  expect(departureWords({ left: true, unreliable: true })).toContain('known to fail');
  expect(departureWords({ left: true, unreliable: false })).toContain('If nothing happens');
});

const RANGE = { start: 0x0810_0000, end: 0x0820_0000 };
const EFFECTS: { readonly [K in QuirkEffect['kind']]: Extract<QuirkEffect, { readonly kind: K }> } = {
  'erase-never-reports-end': { kind: 'erase-never-reports-end', range: RANGE, settle: 2000 },
  'erase-reports-end-too-early': { kind: 'erase-reports-end-too-early', range: RANGE, settle: 4000 },
  'erase-hits-other-sector': { kind: 'erase-hits-other-sector', range: RANGE, onlyInMap: 'x' },
  'erase-not-functional': { kind: 'erase-not-functional', range: RANGE, onlyInMap: 'x' },
  'poll-time-floor': { kind: 'poll-time-floor', command: 'erase', floor: 40 },
  'transfer-size-limit': { kind: 'transfer-size-limit', limit: 256 },
  'layout-string-wrong': { kind: 'layout-string-wrong' },
  'never-mass-erase': { kind: 'never-mass-erase' },
  'leave-unreliable': { kind: 'leave-unreliable' },
  avoided: { kind: 'avoided', by: 'Stepwise never does that.' },
  disturbs: { kind: 'disturbs' },
  'undependable-when-locked': { kind: 'undependable-when-locked' },
  note: { kind: 'note' },
};

it.each(Object.values(EFFECTS))('a defect of the kind $kind says what it means', (effect) => {
  expect(quirkMeaning(effect)).toMatch(/^[A-Z].*\.$/);
});

const EVENTS: readonly (readonly [ProgressEvent, string | undefined])[] = [
  [{ type: 'phase', phase: 'erase' }, undefined],
  [
    { type: 'sector', address: 0x0800_0000, size: 16_384, state: 'verified' },
    '0x08000000   16 KB  was read back and is right',
  ],
  [
    { type: 'retry', address: 0x0800_0000, attempt: 2, because: 'USB stall' },
    'Try 2 at 0x08000000 failed: USB stall',
  ],
  [{ type: 'recovery', rung: 'usb-reset', because: 'USB timeout' }, 'Recovery, usb-reset: USB timeout'],
  [{ type: 'needs', need: { kind: 'replug', path: '1-2', patience: 1000 } }, 'Waiting for a replug at 1-2.'],
  [{ type: 'needs-met' }, 'The device is back.'],
];

it.each(EVENTS)('in detail, %j is told as %j', (event, detail) => {
  expect(detailOf(event)).toBe(detail);
});

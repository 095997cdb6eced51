/** One transfer of an update fails, each in turn: refused, or without an answer. */
import { describe, expect, test } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import type { TransferFault, TransferMatch } from '../../src-main/virtual/faults.ts';
import { expectFlash } from '../rig/flash-proof.ts';
import { atEach, rigOf, subjects, transfersOf } from './subject.ts';

const disturbances: readonly (readonly [string, (at: TransferMatch) => TransferFault])[] = [
  ['refused', (at) => ({ kind: 'stall', at })],
  ['refused with an error that stays', (at) => ({ kind: 'stall', at, latched: true })],
  ['not answered, and not done', (at) => ({ kind: 'timeout', at })],
  ['not answered, though it was done', (at) => ({ kind: 'timeout', at, executed: true })],
];

describe.each(subjects)('%s', (_name, subject) => {
  const { image, policy, before, after } = subject;

  test.each(disturbances)(
    'whichever transfer is %s, it completes, or says why not and completes the next time',
    async (_how, fault) => {
      await atEach(await transfersOf(subject), async (k) => {
        const rig = rigOf(subject, [fault({ index: k })]);
        const end = await rig.tryFlash(image, policy);
        if (end instanceof StepwiseError) {
          expect(end.code).not.toBe('internal');
          expect(end.condition).toMatch(/untouched|incomplete/);
          if (end.condition === 'untouched') expectFlash(rig.device.flash, before);
          await rig.flash(image, policy);
        }
        expectFlash(rig.device.flash, after);
        expect(rig.device.flash.faults).toEqual([]);
      });
    },
  );
});

/** One transfer of an update fails, each in turn: refused, or without an answer. */
import { describe, expect, test } from 'vitest';
import { StepwiseError, type FailureCode } from '../../shared/failure.ts';
import type { TransferFault, TransferMatch } from '../../src-main/virtual/faults.ts';
import { expectFlash } from '../rig/flash-proof.ts';
import { atEach, courseOf, rigOf, subjects } from './subject.ts';

/** In the update every transfer is disturbed in each way, in the identification before it in the ways that differ there. */
const disturbances: readonly {
  readonly name: string;
  readonly among: 'transfers' | 'update';
  readonly fault: (at: TransferMatch) => TransferFault;
}[] = [
  { name: 'refused', among: 'transfers', fault: (at) => ({ kind: 'stall', at }) },
  {
    name: 'not answered, though it was done',
    among: 'transfers',
    fault: (at) => ({ kind: 'timeout', at, executed: true }),
  },
  {
    name: 'refused with an error that stays',
    among: 'update',
    fault: (at) => ({ kind: 'stall', at, latched: true }),
  },
  { name: 'not answered, and not done', among: 'update', fault: (at) => ({ kind: 'timeout', at }) },
];

/** What a disturbance may be told as; not as a device of another kind, nor as a fault of the program. */
const disturbance: ReadonlySet<FailureCode> = new Set([
  'usb-transfer',
  'no-answer',
  'command-rejected',
  'stuck-busy',
  'bad-state',
]);

describe.each(subjects)('%s', (_name, subject) => {
  const { image, policy, before, after } = subject;

  test.each(disturbances.map((each) => [each.among, each.name, each] as const))(
    'whichever of its %s is %s, it completes, or says why not and completes the next time',
    async (among, _name, { fault }) => {
      const course = await courseOf(subject);
      await atEach(course[among], async (k) => {
        const rig = rigOf(subject, [fault({ index: k })]);
        const end = await rig.tryFlash(image, policy);
        if (end instanceof StepwiseError) {
          expect(disturbance.has(end.code)).toBe(true);
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

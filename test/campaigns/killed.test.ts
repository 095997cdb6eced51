/** The program is killed at each transfer of an update, and started anew: on a device that was told nothing of it. */
import { describe, expect, test } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { expectFlash } from '../rig/flash-proof.ts';
import { KilledProgram } from '../rig/killed-program.ts';
import { atEach, rigOf, subjects, transfersOf } from './subject.ts';

/** Milliseconds between the death of a program and the first request of the next. */
const pauses = [0, 300, 60_000];

describe.each(subjects)('%s', (_name, subject) => {
  const { image, policy, after } = subject;

  test.each(pauses)(
    'killed after any transfer and started again %i ms later, an update completes',
    async (pause) => {
      await atEach(await transfersOf(subject), async (k) => {
        const rig = rigOf(subject);
        const program = new KilledProgram(await rig.attached(), () => rig.device.transfers > k);
        await Promise.race([rig.tryFlash(image, policy, undefined, program), program.died]);
        await rig.clock.sleep(pause);
        const end = await rig.tryFlash(image, policy);
        if (end instanceof StepwiseError) throw end;
        expectFlash(rig.device.flash, after);
        expect(rig.device.flash.faults).toEqual([]);
      });
    },
  );
});

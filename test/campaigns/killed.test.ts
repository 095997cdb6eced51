/** The program is killed at each transfer of an update, and started anew: on a device that was told nothing of it. */
import { describe, expect, test } from 'vitest';
import { expectFlash } from '../rig/flash-proof.ts';
import { KilledProgram } from '../rig/killed-program.ts';
import { atEach, courseOf, rigOf, subjects } from './subject.ts';

describe.each(subjects)('%s', (_name, subject) => {
  const { image, policy, after } = subject;

  test('killed after any transfer and started again at once, an update completes', async () => {
    const { transfers } = await courseOf(subject);
    await atEach(transfers, async (k) => {
      const rig = rigOf(subject);
      const program = new KilledProgram(await rig.attached(), () => rig.device.transfers > k);
      await Promise.race([rig.tryFlash(image, policy, { device: program }), program.died]);
      await rig.flash(image, policy);
      expectFlash(rig.device.flash, after);
      expect(rig.device.flash.faults).toEqual([]);
    });
  });
});

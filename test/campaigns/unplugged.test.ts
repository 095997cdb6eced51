/** The cable is pulled at each transfer of an update. Flash keeps what was done until then, and half of what was under way. */
import { describe, expect, test } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { expectFlash } from '../rig/flash-proof.ts';
import { ATTENDED } from '../rig/rig.ts';
import { atEach, rigOf, subjects, transfersOf } from './subject.ts';

describe.each(subjects)('%s', (_name, subject) => {
  const { image, policy, before, after } = subject;

  describe.each(['before', 'after'] as const)('%s each transfer', (when) => {
    test('with nobody there, the update says so and in which condition, and the next one completes it', async () => {
      await atEach(await transfersOf(subject), async (k) => {
        const rig = rigOf(subject, [{ kind: 'disconnect', at: { index: k }, when }]);
        const failure = await rig.tryFlash(image, policy);
        expect(failure).toMatchObject({ code: 'disconnected' });
        if (!(failure instanceof StepwiseError)) return;
        expect(failure.condition).toMatch(/untouched|incomplete/);
        if (failure.condition === 'untouched') expectFlash(rig.device.flash, before);
        await rig.replug();
        await rig.flash(image, policy);
        expectFlash(rig.device.flash, after);
        expect(await rig.journal.list()).toEqual([]);
      });
    });

    test('with somebody there who plugs it in again when asked, the same update completes', async () => {
      await atEach(await transfersOf(subject), async (k) => {
        const rig = rigOf(subject, [{ kind: 'disconnect', at: { index: k }, when }], {
          limits: ATTENDED,
          onEvent: (event) => {
            if (event.type === 'needs') void rig.replug();
          },
        });
        const end = await rig.tryFlash(image, policy);
        if (end instanceof StepwiseError)
          expect(end).toMatchObject({ code: 'disconnected', phase: 'identify' });
        else expectFlash(rig.device.flash, after);
      });
    });
  });
});

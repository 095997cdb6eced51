/** The cable is pulled at each transfer of an update. Flash keeps what was done until then, and half of what was under way. */
import { describe, expect, test } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { expectFlash } from '../rig/flash-proof.ts';
import { ATTENDED } from '../rig/rig.ts';
import { atEach, courseOf, rigOf, subjects } from './subject.ts';

describe.each(subjects)('%s', (_name, subject) => {
  const { image, policy, before, after } = subject;

  async function expectNextOneCompletes(k: number, when: 'before' | 'after'): Promise<void> {
    const rig = rigOf(subject, [{ kind: 'disconnect', at: { index: k }, when }]);
    const failure = await rig.tryFlash(image, policy);
    if (!(failure instanceof StepwiseError)) throw new Error('it does not know that it was unplugged');
    expect(failure.code).toBe('disconnected');
    expect(failure.condition).toMatch(/untouched|incomplete/);
    if (failure.condition === 'untouched') expectFlash(rig.device.flash, before);
    await rig.replug();
    await rig.flash(image, policy);
    expectFlash(rig.device.flash, after);
    expect(rig.device.flash.faults).toEqual([]);
    expect(await rig.journal.list()).toEqual([]);
  }

  test('unplugged after any transfer, an update says in which condition it left, and the next one completes it', async () => {
    const { transfers } = await courseOf(subject);
    await atEach(transfers, (k) => expectNextOneCompletes(k, 'after'));
  });

  test('unplugged before any transfer since there is a plan, too', async () => {
    const { update } = await courseOf(subject);
    await atEach(update, (k) => expectNextOneCompletes(k, 'before'));
  });

  test('unplugged after any transfer since there is a plan and plugged in again when it asks, the same update completes', async () => {
    const { update } = await courseOf(subject);
    await atEach(update, async (k) => {
      const rig = rigOf(subject, [{ kind: 'disconnect', at: { index: k }, when: 'after' }], {
        limits: ATTENDED,
        onEvent: (event) => {
          if (event.type === 'needs') void rig.replug();
        },
      });
      await rig.flash(image, policy);
      expectFlash(rig.device.flash, after);
      expect(rig.device.flash.faults).toEqual([]);
    });
  });
});

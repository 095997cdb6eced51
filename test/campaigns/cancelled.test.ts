/** The person changes their mind: at the start, at any moment, and while the update waits for a plug. */
import { describe, expect, test } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { openOnFlash } from '../../src-main/devices/identify.ts';
import { DfuState } from '../../src-main/dfuse/protocol.ts';
import { expectFlash } from '../rig/flash-proof.ts';
import { ATTENDED, type Rig } from '../rig/rig.ts';
import { atEach, courseOf, rigOf, subjects } from './subject.ts';

/** As the next program finds it. */
async function loaderState(rig: Rig): Promise<number> {
  const { device, session } = await openOnFlash(await rig.attached(), rig.clock);
  const { state } = await session.getStatus();
  await device.close();
  return state;
}

describe.each(subjects)('%s', (_name, subject) => {
  const { image, policy, before, after } = subject;

  test('cancelled at any moment, an update says in which condition it left, the loader is idle, the next one completes it', async () => {
    const { moments } = await courseOf(subject);
    await atEach(moments, async (moment) => {
      const rig = rigOf(subject);
      const person = new AbortController();
      void rig.clock.sleep(moment).then(() => {
        person.abort();
      });
      const end = await rig.tryFlash(image, policy, { signal: person.signal });
      if (end instanceof StepwiseError) {
        expect(end).toMatchObject({ code: 'cancelled', facts: { condition: end.condition } });
        if (end.condition === 'untouched') expectFlash(rig.device.flash, before);
        else expect(end.condition).toBe('incomplete');
        expect(await loaderState(rig)).toBe(DfuState.dfuIdle);
        await rig.flash(image, policy);
      }
      expectFlash(rig.device.flash, after);
      expect(rig.device.flash.faults).toEqual([]);
    });
  });

  test('cancelled before it began, an update leaves everything untouched', async () => {
    const rig = rigOf(subject);
    expect(await rig.tryFlash(image, policy, { signal: AbortSignal.abort() })).toMatchObject({
      code: 'cancelled',
      condition: 'untouched',
    });
    expectFlash(rig.device.flash, before);
  });

  test('cancelled while it waits for a plug, an update ends at once', async () => {
    const person = new AbortController();
    const rig = rigOf(subject, [{ kind: 'disconnect', at: { command: 'write' }, when: 'after' }], {
      limits: ATTENDED,
      onEvent: (event) => {
        if (event.type === 'needs')
          void rig.clock.sleep(5_000).then(() => {
            person.abort();
          });
      },
    });
    const started = rig.clock.now();
    expect(await rig.tryFlash(image, policy, { signal: person.signal })).toMatchObject({
      code: 'cancelled',
      condition: 'incomplete',
    });
    expect(rig.clock.now() - started).toBeLessThan(30_000);
    await rig.replug();
    await rig.flash(image, policy);
    expectFlash(rig.device.flash, after);
  });
});

/** Several faults in one update, of any kind, on any device, with somebody at the plug or nobody. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import type { Fault } from '../../src-main/virtual/faults.ts';
import { expectFlash } from '../rig/flash-proof.ts';
import { ATTENDED, UNATTENDED } from '../rig/rig.ts';
import { rigOf, subjects } from './subject.ts';

const byName = new Map(subjects);

/** More than the longest of these updates has. */
const TRANSFERS = 400;

const at = fc.record({ index: fc.nat(TRANSFERS) });
const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.record({ kind: fc.constant('stall'), at, latched: fc.boolean() }),
  fc.record({ kind: fc.constant('timeout'), at, executed: fc.boolean() }),
  fc.record({ kind: fc.constant('disconnect'), at, when: fc.constantFrom('before', 'after') }),
  fc.record({
    kind: fc.constant('corrupt-write'),
    at,
    offset: fc.nat(40),
    mask: fc.integer({ min: 1, max: 0xff }),
  }),
  fc.record({
    kind: fc.constant('stuck-busy'),
    at,
    until: fc.constantFrom('clear-status', 'reset', 'replug'),
  }),
  fc.record({
    kind: fc.constant('lost-event'),
    event: fc.constantFrom('attached', 'detached'),
    occurrence: fc.nat(2),
  }),
);

const story = fc.record({
  name: fc.constantFrom(...subjects.map(([name]) => name)),
  faults: fc.array(fault, { minLength: 2, maxLength: 4 }),
  attended: fc.boolean(),
});

test('whatever goes wrong, it is told, and tried again with a replug the update completes', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ name, faults, attended }) => {
      const subject = byName.get(name);
      if (!subject) throw new RangeError(name);
      const { image, policy, after } = subject;
      let waiting = false;
      const rig = rigOf(subject, faults, {
        limits: attended ? ATTENDED : UNATTENDED,
        onEvent: ({ type }) => {
          if (type === 'needs-met') waiting = false;
          if (type !== 'needs') return;
          waiting = true;
          void replugWhileWaiting();
        },
      });
      async function replugWhileWaiting(): Promise<void> {
        while (waiting) {
          await rig.replug();
          await rig.clock.sleep(10_000);
        }
      }
      // Each fault strikes once.
      for (let tries = 0; ; tries++) {
        const end = await rig.tryFlash(image, policy);
        waiting = false;
        if (!(end instanceof StepwiseError)) break;
        expect(end.code).not.toBe('internal');
        expect(end.condition).toBeDefined();
        expect(tries).toBeLessThan(faults.length);
        await rig.replug();
      }
      expectFlash(rig.device.flash, after);
      expect(rig.device.flash.faults).toEqual([]);
      expect(await rig.journal.list()).toEqual([]);
    }),
    { numRuns: 200, seed: 20_260_102 },
  );
});

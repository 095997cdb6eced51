/** What an interrupted update saved is not lost by what happens next: another disturbance, or another image. */
import { describe, expect, test } from 'vitest';
import { FirmwareImage } from '../../src-main/firmware/image.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { Fault, TransferMatch } from '../../src-main/virtual/faults.ts';
import { expectFlash, flashAfter } from '../rig/flash-proof.ts';
import { noise } from '../rig/noise.ts';
import { atEach, courseOf, rigOf, subjects } from './subject.ts';

/** One that is known by its serial number, and one that is known by its unique ID. */
const preserving = subjects.filter(([name]) => name === 'f405' || name === 'l072');

const disturbances: readonly (readonly [string, (at: TransferMatch) => Fault])[] = [
  ['refused', (at) => ({ kind: 'stall', at })],
  ['refused with an error that stays', (at) => ({ kind: 'stall', at, latched: true })],
  ['not answered', (at) => ({ kind: 'timeout', at, executed: true })],
];

describe.each(preserving)('%s', (_name, subject) => {
  const { image, policy, before, after } = subject;

  test.each(disturbances)(
    'with any transfer of its next identification %s, it is put back',
    async (_how, fault) => {
      const course = await courseOf(subject);
      const [erased = 0] = course.commands('write');
      await atEach(course.identification, async (k) => {
        const rig = rigOf(subject, [
          { kind: 'disconnect', at: { index: erased }, when: 'after' },
          fault({ index: erased + 1 + k }),
        ]);
        expect(await rig.tryFlash(image, policy)).toMatchObject({
          code: 'disconnected',
          condition: 'incomplete',
        });
        await rig.replug();
        if ((await rig.tryFlash(image, policy)) instanceof StepwiseError) await rig.flash(image, policy);
        expectFlash(rig.device.flash, after);
      });
    },
  );

  test('unplugged after any transfer, and followed by another image, it is put back', async () => {
    const [first, ...rest] = image.ranges;
    if (!first) throw new Error('the image is empty');
    // Beside the first piece, and over another one.
    const other = FirmwareImage.from([
      { address: first.address + first.bytes.length + 20, bytes: noise(7, 10) },
      ...rest.slice(0, 1).map(({ address, bytes }) => ({ address, bytes: noise(8, bytes.length) })),
    ]);
    const { update } = await courseOf(subject);
    await atEach(update, async (k) => {
      const rig = rigOf(subject, [{ kind: 'disconnect', at: { index: k }, when: 'after' }]);
      await rig.tryFlash(image, policy);
      await rig.replug();
      await rig.flash(other, policy);
      const flash = rig.device.flash.snapshot();
      const expected = flashAfter(before, rig.device.flash, other, policy);
      // What the first update was to write may be there or not.
      for (const { address, bytes } of image.ranges) {
        for (
          let i = address - rig.device.flash.start;
          i < address - rig.device.flash.start + bytes.length;
          i++
        ) {
          if (other.within(i + rig.device.flash.start, i + rig.device.flash.start + 1).length === 0)
            expected[i] = flash[i] ?? 0;
        }
      }
      expectFlash(rig.device.flash, expected);
    });
  });
});

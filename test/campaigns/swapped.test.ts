/** A person is asked to plug the device in again, and plugs in another one; or the host loses news of what is plugged in. */
import { describe, expect, test } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { createVirtualDevice } from '../../src-main/virtual/catalogue/index.ts';
import type { Fault } from '../../src-main/virtual/faults.ts';
import type { VirtualDeviceOptions } from '../../src-main/virtual/virtual-device.ts';
import { expectFlash } from '../rig/flash-proof.ts';
import { ATTENDED } from '../rig/rig.ts';
import { atEach, courseOf, rigOf, subjects, type Subject } from './subject.ts';

const unplugged: Fault = { kind: 'disconnect', at: { command: 'write' }, when: 'after' };

/** Another board of the same kind, with settings of its own. */
interface Board {
  readonly name: string;
  readonly board: Pick<VirtualDeviceOptions, 'serial' | 'uniqueId'>;
}

async function expectRefused(
  { image, policy, ...subject }: Subject,
  kind: string | Subject['definition'],
  board: Board['board'],
) {
  const rig = rigOf({ image, policy, ...subject }, [unplugged], {
    limits: ATTENDED,
    onEvent: (event) => {
      if (event.type === 'needs') rig.bus.plug(other, event.need.path);
    },
  });
  const other = createVirtualDevice(kind, { clock: rig.clock, ...board });
  expect(await rig.tryFlash(image, policy)).toMatchObject({
    code: 'wrong-device-returned',
    condition: 'incomplete',
    facts: { path: '1-1' },
  });
  expect(other.flash.bytesProgrammed).toBe(0);
  expect(other.flash.eraseCounts.every((count) => count === 0)).toBe(true);
}

describe.each(subjects)('%s', (name, subject) => {
  const { definition, image, policy, after } = subject;

  test('another kind of chip at the same plug is not taken for the one that left', async () => {
    await expectRefused(subject, name === 'f405' ? 'f427' : 'f405', {});
  });

  test('another board with another serial number is not taken for the one that left', async () => {
    await expectRefused(subject, definition, { serial: '123456789ABC' });
  });

  // An F4 does not give its unique ID away; its serial number is made of it.
  test.skipIf(name === 'f405')(
    'another board with another unique ID is not taken for the one that left, though all it shows is the same',
    async () => {
      await expectRefused(subject, definition, { uniqueId: [1, 2, 3] });
    },
  );

  test('a device that comes back is not taken for another one because one of its transfers is refused', async () => {
    const course = await courseOf(subject);
    const [written = 0] = course.commands('write');
    await atEach(course.identification, async (k) => {
      const again: Fault = { kind: 'stall', at: { index: written + 1 + k } };
      const rig = rigOf(subject, [{ kind: 'disconnect', at: { index: written }, when: 'after' }, again], {
        limits: ATTENDED,
        onEvent: ({ type }) => {
          if (type === 'needs') void rig.replug();
        },
      });
      const end = await rig.tryFlash(image, policy);
      if (end instanceof StepwiseError) expect(end.code).toBe('usb-transfer');
      else expectFlash(rig.device.flash, after);
    });
  });

  test.each([
    ['attached', 0],
    ['detached', 0],
  ] as const)('a lost %s event costs time and nothing else', async (event, occurrence) => {
    const rig = rigOf(subject, [unplugged, { kind: 'lost-event', event, occurrence }], {
      limits: ATTENDED,
      onEvent: ({ type }) => {
        if (type === 'needs') void rig.replug();
      },
    });
    const before = (await rig.attached()).address;
    await rig.flash(image, policy);
    expectFlash(rig.device.flash, after);
    expect((await rig.attached()).address).not.toBe(before);
  });
});

import assert from 'node:assert/strict';
import type { Clock } from '../../shared/clock.ts';
import { openLibusbBus } from '../../src-main/usb/libusb/libusb-bus.ts';
import { CLAIM_ATTEMPTS } from '../../src-main/usb/libusb/libusb-device.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { startChild } from './children.ts';
import { ENOUGH, GET_STATUS, STATUS_LENGTH } from './requests.ts';
import { kernelTest } from './rig.ts';
import { IDLE } from './stand-in.ts';

await kernelTest('an interface another program holds is busy, and ours once it lets go', async (rig) => {
  const { device: seen } = await rig.plug({ kind: 'stand-in', manners: [] });
  const other = startChild('hold', seen.path);
  assert.equal(await other.said, 'held');

  let waited = 0;
  let onWait: () => unknown = () => undefined;
  const clock: Clock = {
    now: () => systemClock.now(),
    sleep: async () => {
      waited += 1;
      await onWait();
    },
  };
  const bus = await openLibusbBus({ clock });
  const device = (await bus.list()).find(({ path }) => path === seen.path) ?? assert.fail();
  await device.open();
  await assert.rejects(device.claim(0), { kind: 'busy' });
  assert.equal(waited, CLAIM_ATTEMPTS - 1);

  onWait = () => other.end();
  await device.claim(0);
  assert.equal(await other.ended, 0);
  assert.deepEqual(await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH), IDLE);
  await bus.close();
});

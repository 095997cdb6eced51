import assert from 'node:assert/strict';
import { UsbError } from '../../src-main/usb/port.ts';
import type { UsbDevice } from '../../src-main/usb/port.ts';
import { ENOUGH, GET_STATUS, STATUS_LENGTH, dnload } from './requests.ts';
import { eventually, kernelTest, unplug } from './rig.ts';
import type { Plugged, Rig } from './rig.ts';
import { IDLE } from './stand-in.ts';

type Request = (device: UsbDevice) => Promise<unknown>;

/** The two ways to leave: the host's side ends the link, or the device is suddenly not there. */
const ways: readonly [string, (rig: Rig, plugged: Plugged) => void][] = [
  ['the plug is pulled', (_, plugged) => unplug(plugged)],
  ['the device vanishes', (rig, plugged) => rig.vanish(plugged)],
];

const transfers: readonly [string, Request][] = [
  ['a read', (device) => device.controlIn(GET_STATUS, STATUS_LENGTH, 60_000)],
  ['a write', (device) => device.controlOut(dnload(2), new Uint8Array(2048), 60_000)],
];

const requests: readonly [string, Request][] = [
  ['reading', (device) => device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH)],
  ['writing', (device) => device.controlOut(dnload(2), new Uint8Array(64), ENOUGH)],
  ['selecting', (device) => device.selectAlternate(0, 1)],
  ['resetting', (device) => device.reset()],
  ['claiming', (device) => device.claim(1)],
];

const GONE = { kind: 'gone' };

async function isListedNoMore(rig: Rig, device: UsbDevice): Promise<void> {
  await eventually('it is listed no more', async () => !(await rig.bus.list()).includes(device) || undefined);
}

for (const [way, leave] of ways) {
  for (const [during, transfer] of transfers) {
    await kernelTest(
      `when ${way} during ${during}, it ends as gone, and so does all that follows`,
      async (rig) => {
        const plugged = await rig.openStandIn({ kind: 'silence' });
        const { device } = plugged;
        const begin = performance.now();
        const ended = assert.rejects(transfer(device), GONE);
        await rig.isHolding(plugged);
        leave(rig, plugged);
        await ended;
        assert.ok(performance.now() - begin < 10_000, 'long before the deadline');
        await isListedNoMore(rig, device);
        for (const [, request] of requests) await assert.rejects(request(device), GONE);
        await device.close();
        await assert.rejects(device.open(), GONE);
      },
    );
  }

  await kernelTest(
    `when ${way} between two requests, the next one says gone, whatever it is`,
    async (rig) => {
      for (const [what, request] of requests) {
        const plugged = await rig.openStandIn();
        leave(rig, plugged);
        await fails(what, () => request(plugged.device));
        await plugged.device.close();
      }
    },
  );

  await kernelTest(`when ${way} before it was opened, opening says gone`, async (rig) => {
    const plugged = await rig.plug({ kind: 'stand-in', manners: [] });
    leave(rig, plugged);
    await fails('opening', async () => {
      await plugged.device.open();
      await plugged.device.close();
    });
  });
}

/** The news takes a moment; until then a request may still succeed, or end as the kernel takes the device apart. */
async function fails(what: string, request: () => Promise<unknown>): Promise<void> {
  const kinds = new Set<string>();
  await eventually(`${what} fails`, async () => {
    try {
      await request();
    } catch (error) {
      if (error instanceof UsbError) kinds.add(error.kind);
      else throw error;
    }
    return kinds.size > 0 || undefined;
  });
  assert.deepEqual([...kinds], ['gone'], what);
}

await kernelTest('a device that comes back is another object at the same place, and works', async (rig) => {
  const first = await rig.openStandIn();
  unplug(first);
  await isListedNoMore(rig, first.device);
  const second = await rig.replug(first.servedPath, first.identity);
  assert.notEqual(second.device, first.device);
  assert.equal(second.device.path, first.device.path);
  assert.notEqual(second.device.address, first.device.address);
  await second.device.open();
  await second.device.claim(0);
  assert.deepEqual(await second.device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH), IDLE);
});

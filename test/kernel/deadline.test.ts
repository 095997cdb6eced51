import assert from 'node:assert/strict';
import { ENOUGH, GET_STATUS, STATUS_LENGTH } from './requests.ts';
import { kernelTest } from './rig.ts';
import { IDLE } from './stand-in.ts';
import type { Manner } from './stand-in.ts';

/** What a slow guest may add to a deadline. The library alone would take a minute. */
const MARGIN_MS = 1_500;

const SILENCE: Manner = { kind: 'silence' };
const AT_ONCE: Manner = { kind: 'answer', bytes: IDLE };
const after = (ms: number): Manner => ({ kind: 'answer', bytes: Uint8Array.of(9), after: ms });

async function elapsed(act: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await act();
  return performance.now() - begin;
}

await kernelTest(
  'a request that is never answered ends at its deadline, and the next one is answered',
  async (rig) => {
    const deadlines = [100, 500, 2_000];
    const plugged = await rig.openStandIn(...deadlines.flatMap(() => [SILENCE, AT_ONCE]));
    const { device } = plugged;
    for (const deadline of deadlines) {
      const took = await elapsed(() =>
        assert.rejects(device.controlIn(GET_STATUS, STATUS_LENGTH, deadline), { kind: 'timeout' }),
      );
      assert.ok(
        took > deadline - 2 && took < deadline + MARGIN_MS,
        `${took} ms for a deadline of ${deadline}`,
      );
      assert.deepEqual(await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH), IDLE);
    }
    await rig.hasAbandoned(plugged, deadlines.length);
  },
);

await kernelTest('an answer that comes after the deadline is no success', async (rig) => {
  const { device } = await rig.openStandIn(after(2_000));
  await assert.rejects(device.controlIn(GET_STATUS, STATUS_LENGTH, 300), { kind: 'timeout' });
  assert.deepEqual(await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH), IDLE);
});

await kernelTest('an answer may take longer than the library likes to wait', async (rig) => {
  const { device } = await rig.openStandIn(after(1_700));
  assert.deepEqual(await device.controlIn(GET_STATUS, STATUS_LENGTH, 30_000), Uint8Array.of(9));
});

await kernelTest('a signal ends a transfer as its deadline would', async (rig) => {
  const plugged = await rig.openStandIn(SILENCE);
  const { device } = plugged;
  const abort = new AbortController();
  const ended = assert.rejects(device.controlIn(GET_STATUS, STATUS_LENGTH, 30_000, abort.signal), {
    kind: 'timeout',
  });
  await rig.isHolding(plugged);
  abort.abort();
  await ended;
  assert.deepEqual(await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH), IDLE);
});

await kernelTest('close waits for the transfer under way; the device opens again', async (rig) => {
  const plugged = await rig.openStandIn(SILENCE);
  const { device } = plugged;
  const ended = assert.rejects(device.controlIn(GET_STATUS, STATUS_LENGTH, 1_000), { kind: 'timeout' });
  await rig.isHolding(plugged);
  await device.close();
  await ended;
  await device.open();
  await device.claim(0);
  assert.deepEqual(await device.controlIn(GET_STATUS, STATUS_LENGTH, ENOUGH), IDLE);
});

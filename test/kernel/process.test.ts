import assert from 'node:assert/strict';
import { startChild } from './children.ts';
import { kernelTest } from './rig.ts';

await kernelTest('a program that only listens ends by itself', async (rig) => {
  const { device } = await rig.plug({ kind: 'stand-in', manners: [] });
  const child = startChild('listen', device.path);
  assert.equal(await child.said, 'listening');
  assert.equal(await child.ended, 0);
});

await kernelTest('closing the bus closes what is open, and the program ends by itself', async (rig) => {
  const { device } = await rig.plug({ kind: 'stand-in', manners: [] });
  const child = startChild('close-bus', device.path);
  assert.equal(await child.said, 'closed');
  assert.equal(await child.ended, 0);
});

await kernelTest('a program can end in the middle of a transfer, and the device is told', async (rig) => {
  const plugged = await rig.plug({ kind: 'stand-in', manners: [{ kind: 'silence' }] });
  const child = startChild('exit', plugged.device.path);
  assert.equal(await child.said, 'waiting');
  await rig.isHolding(plugged);
  assert.equal(await child.end(), 3);
  await rig.hasAbandoned(plugged, 1);
});

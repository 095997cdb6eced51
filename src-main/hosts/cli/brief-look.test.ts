import { expect, it } from 'vitest';
import { createVirtualDevice } from '../../virtual/catalogue/index.ts';
import { VirtualClock } from '../../virtual/clocks.ts';
import { VirtualBus } from '../../virtual/virtual-bus.ts';
import { lookBriefly } from './brief-look.ts';

const PATIENCE = 700;

it('waits for nobody longer than it was told to, and knows what answered until then', async () => {
  const clock = new VirtualClock();
  const silent = createVirtualDevice('h743-v-0x90', {
    clock,
    faults: [{ kind: 'timeout', at: { times: 'always' } }],
  });
  const bus = new VirtualBus(clock, [silent, createVirtualDevice('f405', { clock })]);
  const began = clock.now();
  const devices = await lookBriefly(bus, clock, () => true, PATIENCE);
  expect(clock.now() - began).toBeLessThanOrEqual(PATIENCE);
  expect(devices.map(({ state }) => state.kind)).toEqual(['looking', 'ready']);
});

it('leaves no transfer under way behind: the bus closes at once', async () => {
  const clock = new VirtualClock();
  const silent = createVirtualDevice('f405', {
    clock,
    faults: [{ kind: 'timeout', at: { times: 'always' } }],
  });
  const bus = new VirtualBus(clock, [silent]);
  await lookBriefly(bus, clock, () => true, PATIENCE);
  const left = clock.now();
  await bus.close();
  expect(clock.now() - left).toBeLessThan(10);
});

it('does not open what is not wanted, and tells why something cannot be used', async () => {
  const clock = new VirtualClock();
  const refused = createVirtualDevice('f405', {
    clock,
    faults: [{ kind: 'open-refused', failure: 'no-permission', times: 'always' }],
  });
  const bus = new VirtualBus(clock, [refused]);
  expect(await lookBriefly(bus, clock, () => false, PATIENCE)).toEqual([]);
  expect(await lookBriefly(bus, clock, () => true, 10_000)).toMatchObject([
    { state: { kind: 'unusable', failure: { code: 'no-permission' } } },
  ]);
});

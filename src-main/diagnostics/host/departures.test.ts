import { expect, it } from 'vitest';
import { createVirtualDevice } from '../../virtual/catalogue/index.ts';
import { VirtualClock } from '../../virtual/clocks.ts';
import { VirtualBus } from '../../virtual/virtual-bus.ts';
import { Departures } from './departures.ts';

const MINUTE_MS = 60_000;

function bench() {
  const clock = new VirtualClock();
  const bus = new VirtualBus(clock);
  const departures = new Departures(bus, clock);
  const device = createVirtualDevice('f405', { clock });
  const plugged = async (stay: number) => {
    bus.plug(device, '1-2');
    await clock.sleep(1_000 + stay);
    bus.unplug('1-2');
    await clock.sleep(1_000);
  };
  return { clock, departures, plugged };
}

const findings = (departures: Departures, ports: readonly string[] = ['1-2']) =>
  departures.checks(ports).map(({ device, finding, facts }) => ({ device, finding, facts }));

it('a device that stays is steady', async () => {
  const { clock, departures } = bench();
  await clock.sleep(3 * MINUTE_MS);
  expect(findings(departures)).toEqual([
    { device: '1-2', finding: 'steady', facts: { times: 0, minutes: 3 } },
  ]);
});

it('a bench on which one board is updated after the other is steady: each stays as long as its update', async () => {
  const { departures, plugged } = bench();
  for (let board = 0; board < 5; board++) await plugged(20_000);
  expect(findings(departures)).toMatchObject([{ finding: 'steady', facts: { times: 5 } }]);
});

it('one that leaves as soon as it has come, again and again, hangs on a bad cable', async () => {
  const { departures, plugged } = bench();
  await plugged(500);
  expect(findings(departures)).toMatchObject([{ finding: 'steady' }]);
  await plugged(500);
  await plugged(500);
  expect(departures.checks(['1-2'])).toMatchObject([
    {
      finding: 'dropping',
      result: 'attention',
      facts: { times: 3 },
      remedies: [{ advice: 'other-cable' }, {}, {}],
    },
  ]);
});

it('that is told also where the device is gone, and is forgotten after ten minutes', async () => {
  const { clock, departures, plugged } = bench();
  await plugged(500);
  await plugged(500);
  expect(findings(departures, ['1-7'])).toMatchObject([
    { device: '1-7', finding: 'steady' },
    { device: '1-2', finding: 'dropping' },
  ]);
  await clock.sleep(11 * MINUTE_MS);
  expect(findings(departures, ['1-7'])).toMatchObject([{ device: '1-7', finding: 'steady' }]);
});

it('after it is closed nothing is counted', async () => {
  const { departures, plugged } = bench();
  departures.close();
  await plugged(500);
  await plugged(500);
  expect(findings(departures)).toMatchObject([{ finding: 'steady', facts: { times: 0 } }]);
});

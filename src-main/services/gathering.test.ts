import { expect, it } from 'vitest';
import { VirtualClock } from '../virtual/clocks.ts';
import { Gathering } from './gathering.ts';

function gathered(interval: number) {
  const clock = new VirtualClock();
  const told: { at: number; items: readonly number[] }[] = [];
  const gathering = new Gathering<number>(clock, interval, (items) => told.push({ at: clock.now(), items }));
  return { clock, told, gathering };
}

it('tells the first at once and the others together', async () => {
  const { clock, told, gathering } = gathered(45);
  for (let i = 0; i < 10; i++) {
    gathering.add(i);
    await clock.sleep(10);
  }
  await clock.sleep(100);
  expect(told).toEqual([
    { at: 0, items: [0] },
    { at: 45, items: [1, 2, 3, 4] },
    { at: 90, items: [5, 6, 7, 8] },
    { at: 135, items: [9] },
  ]);
});

it('loses nothing and tells nothing twice when it is told in between', async () => {
  const { clock, told, gathering } = gathered(50);
  gathering.add(1);
  await clock.sleep(1);
  gathering.add(2);
  gathering.flush();
  gathering.flush();
  gathering.add(3);
  await clock.sleep(200);
  expect(told.flatMap(({ items }) => items)).toEqual([1, 2, 3]);
});

it('tells less often than its interval, however much comes', async () => {
  const { clock, told, gathering } = gathered(50);
  for (let i = 0; i < 2_000; i++) {
    gathering.add(i);
    await clock.sleep(1);
  }
  expect(told.length).toBeLessThanOrEqual(2_000 / 50 + 1);
});

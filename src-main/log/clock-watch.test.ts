import { expect, it } from 'vitest';
import { watchClock } from './clock-watch.ts';
import { Incidents } from './incidents.ts';
import { Log } from './log.ts';

const HOUR = 3_600_000;

it('a clock that jumps is noticed at the next line, once, in either direction; one that is corrected is not', () => {
  let wall = 1_000_000;
  let steady = 0;
  const log = new Log({ today: () => '' });
  const incidents = new Incidents(log, () => '');
  const end = watchClock(log, incidents, { wall: () => wall, steady: () => steady });
  const pass = (onWall: number, really: number) => {
    wall += onWall;
    steady += really;
    log.write('info', 'usb', 'a line');
    log.write('info', 'usb', 'another');
    return incidents.all.map(({ detail }) => detail.split(':')[0]);
  };
  expect(pass(60_000, 60_000)).toEqual([]);
  expect(pass(1_000, 0)).toEqual([]);
  expect(pass(HOUR, 0)).toEqual(['the clock went ahead by 3601 s']);
  expect(pass(-HOUR, 500)).toEqual(['the clock went ahead by 3601 s', 'the clock went back by 3600 s']);
  end();
  expect(pass(HOUR, 0)).toHaveLength(2);
});

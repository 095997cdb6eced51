import { expect, it } from 'vitest';
import { Incidents } from './incidents.ts';
import { Log } from './log.ts';

const today = () => '2026-01-01T00:00:00.000Z';

function rig() {
  const log = new Log({ today });
  const incidents = new Incidents(log, today);
  const told: number[] = [];
  incidents.subscribe((open) => told.push(open.length));
  return { log, incidents, told };
}

it('what happens to the program is logged, told, and stays until somebody has seen it', () => {
  const { log, incidents, told } = rig();
  incidents.add('exception', 'a mistake');
  expect(log.read(1)).toMatchObject([{ level: 'error', room: 'program', message: 'exception: a mistake' }]);
  const [{ id } = { id: 0 }] = incidents.open;
  incidents.dismiss(id);
  expect(incidents.open).toEqual([]);
  expect(incidents.all).toMatchObject([{ kind: 'exception', detail: 'a mistake', time: today() }]);
  expect(told).toEqual([1, 0]);
});

it('what happens again and again is told once, and once more after it was seen', () => {
  const { incidents, log } = rig();
  for (let i = 0; i < 100; i++) incidents.add('log-lost', 'ENOSPC');
  expect(incidents.open).toHaveLength(1);
  expect(log.read(1_000)).toHaveLength(1);
  incidents.dismiss(1);
  incidents.add('log-lost', 'ENOSPC');
  expect(incidents.open).toHaveLength(1);
});

import { EventEmitter } from 'node:events';
import type { PowerMonitor } from 'electron';
import { expect, it } from 'vitest';
import { Incidents } from '../../log/incidents.ts';
import { Log } from '../../log/log.ts';
import { watchSleep } from './sleep.ts';

function rig() {
  const powerMonitor = new EventEmitter();
  const incidents = new Incidents(new Log({ today: () => '' }), () => '');
  const state = { isWriting: false };
  const logged: string[] = [];
  watchSleep({
    powerMonitor: powerMonitor as unknown as PowerMonitor,
    incidents,
    isWriting: () => state.isWriting,
    log: (_level, message) => logged.push(message),
  });
  return { powerMonitor, incidents, state, logged };
}

it('a sleep under an update is told when the computer is awake again, also where the update ended meanwhile', () => {
  const { powerMonitor, incidents, state, logged } = rig();
  state.isWriting = true;
  powerMonitor.emit('suspend');
  expect(incidents.open).toEqual([]);
  state.isWriting = false;
  powerMonitor.emit('resume');
  expect(incidents.open).toMatchObject([{ kind: 'slept' }]);
  expect(logged).toEqual([
    'the computer goes to sleep while a device is being written',
    'the computer is awake again',
  ]);
});

it('a sleep with nothing to do is a line in the log', () => {
  const { powerMonitor, incidents, logged } = rig();
  powerMonitor.emit('suspend');
  powerMonitor.emit('resume');
  expect(incidents.open).toEqual([]);
  expect(logged).toHaveLength(2);
});

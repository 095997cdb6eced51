import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { markRun, uncleanEndWords, type RunMarkerOptions } from './run-marker.ts';

let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stepwise-marker-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const begun = (options: Partial<RunMarkerOptions> = {}) =>
  markRun({
    folder,
    program: 'app',
    version: '1.0.0',
    today: () => '2026-01-02T03:04:05.000Z',
    pid: 4711,
    isRunning: () => false,
    startOfComputer: Date.parse('2026-01-01T00:00:00.000Z'),
    ...options,
  });

it('a run that ended in order leaves nothing to be told', () => {
  const run = begun();
  expect(readdirSync(join(folder, 'running'))).toHaveLength(1);
  run.end();
  expect(begun().uncleanEnds).toEqual([]);
});

it('a run that was cut off is told at the next start, and only then', () => {
  begun();
  const next = begun({ pid: 4712 });
  expect(next.uncleanEnds.map(uncleanEndWords)).toEqual([
    'app 1.0.0, begun 2026-01-02T03:04:05.000Z, did not end in order',
  ]);
  next.end();
  expect(begun().uncleanEnds).toEqual([]);
});

it('a run that still goes on is none that was cut off', () => {
  begun();
  expect(begun({ isRunning: (pid) => pid === 4711 }).uncleanEnds).toEqual([]);
});

it('a run from before the computer was started is over, whoever has its number now', () => {
  begun();
  const later = { isRunning: () => true, startOfComputer: Date.parse('2026-01-03T00:00:00.000Z') };
  expect(begun(later).uncleanEnds).toHaveLength(1);
});

it('asks the system whether a program still runs', () => {
  const real = { pid: process.pid, today: () => new Date().toISOString() };
  markRun({ folder, program: 'app', version: '1', ...real });
  expect(markRun({ folder, program: 'app', version: '1', ...real }).uncleanEnds).toEqual([]);
});

it('a torn marker, or a folder that cannot be written to, stops nobody', () => {
  mkdirSync(join(folder, 'running'));
  writeFileSync(join(folder, 'running', '1-a.json'), '{"pid":');
  expect(begun().uncleanEnds).toEqual([]);
  writeFileSync(join(folder, 'file'), '');
  const run = begun({ folder: join(folder, 'file') });
  expect(run.uncleanEnds).toEqual([]);
  run.end();
});

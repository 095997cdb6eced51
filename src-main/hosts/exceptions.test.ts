import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { Incidents } from '../log/incidents.ts';
import { Log } from '../log/log.ts';
import { surviveExceptions } from './exceptions.ts';

it('a mistake nobody caught is told with where it happened, and the program goes on', () => {
  const source = new EventEmitter();
  const log = new Log({ today: () => '' });
  const incidents = new Incidents(log, () => '');
  surviveExceptions(source, incidents);
  source.emit('uncaughtException', new Error('no such seat'));
  source.emit('unhandledRejection', 'a reason that is no error');
  expect(incidents.open).toMatchObject([
    { kind: 'exception', detail: expect.stringMatching(/^Error: no such seat\n\s+at /) as unknown },
    { kind: 'exception', detail: 'a reason that is no error' },
  ]);
  expect(log.read(10)).toHaveLength(2);
});

import { expect, it } from 'vitest';
import type { MainMessage, ScreenMessage } from '../../shared/messages.ts';
import { WireClient } from './wire-client.ts';
import type { Wire, WireListener } from './wire.ts';

class StandInWire implements Wire {
  readonly sent: ScreenMessage[] = [];
  #listener: WireListener | undefined;

  send(message: ScreenMessage): void {
    this.sent.push(message);
  }

  listen(listener: WireListener): void {
    this.#listener = listener;
  }

  get listener(): WireListener {
    if (!this.#listener) throw new Error('nobody listens');
    return this.#listener;
  }

  brings(...messages: readonly MainMessage[]): void {
    for (const message of messages) this.listener.onMessage(message);
  }
}

function rig() {
  const wire = new StandInWire();
  return { wire, client: new WireClient(wire) };
}

it('ties each answer to its request, in whatever order they come', async () => {
  const { wire, client } = rig();
  const first = client.request('jobs.list', {});
  const second = client.request('devices.list', {});
  wire.brings(
    { type: 'result', number: 1, result: ['second'] },
    { type: 'result', number: 0, result: ['first'] },
  );
  expect(await first).toEqual(['first']);
  expect(await second).toEqual(['second']);
});

it('rejects with the failure that was told', async () => {
  const { wire, client } = rig();
  const asked = client.request('jobs.cancel', { job: 'a' });
  const failure = { code: 'not-found', facts: { what: 'a' } } as const;
  wire.brings({ type: 'failure', number: 0, failure });
  await expect(asked).rejects.toMatchObject({ failure });
});

it('hands progress on, and says when the person gives up', async () => {
  const { wire, client } = rig();
  const told: unknown[] = [];
  const abort = new AbortController();
  const options = { signal: abort.signal, onProgress: (progress: unknown) => told.push(progress) };
  const asked = client.request('diagnose.survey', { path: '1-1' }, options);
  wire.brings({ type: 'progress', number: 0, progress: 'half' });
  abort.abort();
  wire.brings({ type: 'result', number: 0, result: [] });
  await asked;
  expect(told).toEqual(['half']);
  expect(wire.sent.at(-1)).toEqual({ type: 'cancel', number: 0 });
});

it('gives events to those who listen, until they stop', () => {
  const { wire, client } = rig();
  const heard: unknown[] = [];
  const stop = client.subscribe('job-dismissed', (event) => heard.push(event));
  const event = { type: 'event', name: 'job-dismissed', event: { job: 'a' } } as const;
  wire.brings(event, { ...event, name: 'settings' });
  stop();
  wire.brings(event);
  expect(heard).toEqual([{ job: 'a' }]);
});

it('fails what waits, and what is asked, while the main side is gone; and goes on when it is back', async () => {
  const { wire, client } = rig();
  const states: string[] = [];
  client.watchConnection((state) => states.push(state));
  const waiting = client.request('jobs.list', {});
  wire.listener.onLost('lost');
  await expect(waiting).rejects.toMatchObject({ failure: { code: 'host-gone' } });
  await expect(client.request('jobs.list', {})).rejects.toMatchObject({ failure: { code: 'host-gone' } });
  wire.listener.onBack();
  const asked = client.request('jobs.list', {});
  wire.brings({ type: 'result', number: 1, result: [] });
  expect(await asked).toEqual([]);
  expect(states).toEqual(['lost', 'connected']);
});

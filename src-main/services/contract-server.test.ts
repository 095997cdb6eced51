import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { events, requests } from '../../shared/contract.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { MainMessage } from '../../shared/messages.ts';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';
import { ContractServer } from './contract-server.ts';
import type { Handlers } from './handlers.ts';
import { StandInServices } from '../../test/rig/stand-in-services.ts';

const OURS = 'ours';

function rig(answers: Partial<Handlers> = {}) {
  const services = new StandInServices(answers);
  const logged: string[] = [];
  const server = new ContractServer(services, (level, message) => logged.push(`${level}: ${message}`));
  const sent: MainMessage[] = [];
  const session = server.connect<string>({
    trusts: (sender) => sender === OURS,
    send: (message) => sent.push(message),
  });
  const receive = (message: unknown) => {
    session.receive(message, OURS);
  };
  const ask = async (name: string, args: unknown, number = 1) => {
    receive({ type: 'request', number, name, args });
    await settled();
    return sent.filter((message) => 'number' in message && message.number === number);
  };
  return { services, server, session, receive, ask, sent, logged };
}

/** Everything that only waits for promises has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a request', () => {
  it('is answered with what its handler returns', async () => {
    const { ask } = rig({ 'update.start': ({ path }) => ({ job: `job at ${path}` }) });
    const args = { path: '1-1', firmware: 'f', discardOutside: false, consents: [] };
    expect(await ask('update.start', args)).toEqual([
      { type: 'result', number: 1, result: { job: 'job at 1-1' } },
    ]);
  });

  it('with arguments that are not in the contract never reaches its handler', async () => {
    let reached = false;
    const { ask } = rig({
      'jobs.cancel': () => {
        reached = true;
        return null;
      },
    });
    for (const args of [undefined, null, {}, { job: 1 }, { job: 'a', more: 1 }, [], 'a'])
      expect(await ask('jobs.cancel', args)).toContainEqual(
        expect.objectContaining({
          type: 'failure',
          failure: expect.objectContaining({ code: 'bad-request' }) as unknown,
        }),
      );
    expect(reached).toBe(false);
  });

  it.each(['constructor', '__proto__', 'toString', 'jobs', ''])('%j is none', async (name) => {
    const { ask } = rig();
    expect(await ask(name, {})).toEqual([
      expect.objectContaining({
        type: 'failure',
        failure: expect.objectContaining({ code: 'bad-request' }) as unknown,
      }),
    ]);
  });

  it('that fails tells the failure, and what is not ours is an internal one', async () => {
    const { ask, logged } = rig({
      'jobs.cancel': () => {
        throw new StepwiseError('not-found', { what: 'the job' });
      },
      'jobs.dismiss': () => {
        throw new TypeError('x is not a function');
      },
    });
    expect(await ask('jobs.cancel', { job: 'a' }, 1)).toEqual([
      { type: 'failure', number: 1, failure: { code: 'not-found', facts: { what: 'the job' } } },
    ]);
    expect(await ask('jobs.dismiss', { job: 'a' }, 2)).toEqual([
      expect.objectContaining({ failure: expect.objectContaining({ code: 'internal' }) as unknown }),
    ]);
    expect(logged.some((line) => line.startsWith('error') && line.includes('x is not a function'))).toBe(
      true,
    );
  });

  it('whose handler returns what is not in the contract fails, and nothing of it leaves', async () => {
    const { ask, sent } = rig({
      'update.start': () => ({ job: 7, secret: 'do not tell' }) as never,
      'jobs.list': () => [{ secret: 'do not tell' }] as never,
    });
    const args = { path: '1-1', firmware: 'f', discardOutside: false, consents: [] };
    expect(await ask('update.start', args, 1)).toEqual([expect.objectContaining({ type: 'failure' })]);
    expect(await ask('jobs.list', {}, 2)).toEqual([expect.objectContaining({ type: 'failure' })]);
    expect(JSON.stringify(sent)).not.toContain('do not tell');
  });

  it('loses what its handler adds to the contract', async () => {
    const { ask } = rig({ 'update.start': () => ({ job: 'a', secret: 'do not tell' }) });
    const args = { path: '1-1', firmware: 'f', discardOutside: false, consents: [] };
    expect(await ask('update.start', args)).toEqual([{ type: 'result', number: 1, result: { job: 'a' } }]);
  });

  it('with a number that is under way changes nothing about the one before', async () => {
    let calls = 0;
    const { receive, sent } = rig({
      'jobs.list': async () => {
        calls++;
        await settled();
        return [];
      },
    });
    receive({ type: 'request', number: 1, name: 'jobs.list', args: {} });
    receive({ type: 'request', number: 1, name: 'jobs.list', args: {} });
    await settled();
    await settled();
    expect(calls).toBe(1);
    expect(sent).toEqual([{ type: 'result', number: 1, result: [] }]);
  });

  it('is refused when there are too many at a time', async () => {
    const { receive, sent } = rig({ 'jobs.list': () => new Promise(() => undefined) });
    for (let number = 0; number < 100; number++)
      receive({ type: 'request', number, name: 'jobs.list', args: {} });
    await settled();
    expect(sent).toHaveLength(36);
    expect(sent[0]).toMatchObject({ number: 64, failure: { code: 'bad-request' } });
  });
});

describe('cancelling', () => {
  const survey =
    (seen: { aborted?: boolean } = {}): Handlers['diagnose.survey'] =>
    (_args, { signal, progress }) =>
      new Promise((_resolve, reject) => {
        progress({ address: 0x0800_0000, size: 1024, state: 'blank' });
        signal.addEventListener('abort', () => {
          seen.aborted = true;
          reject(new StepwiseError('cancelled', { condition: 'untouched' }));
        });
      });

  it('reaches the handler of a request that can be cancelled, which has told its progress', async () => {
    const { receive, ask, sent } = rig({ 'diagnose.survey': survey() });
    await ask('diagnose.survey', { path: '1-1' });
    receive({ type: 'cancel', number: 1 });
    await settled();
    expect(sent).toEqual([
      { type: 'progress', number: 1, progress: { address: 0x0800_0000, size: 1024, state: 'blank' } },
      { type: 'failure', number: 1, failure: { code: 'cancelled', facts: { condition: 'untouched' } } },
    ]);
  });

  it('happens by itself when the screen is gone, and nothing is sent to it any more', async () => {
    const seen: { aborted?: boolean } = {};
    const { ask, session, sent } = rig({ 'diagnose.survey': survey(seen) });
    await ask('diagnose.survey', { path: '1-1' });
    session.close();
    await settled();
    expect(seen.aborted).toBe(true);
    expect(sent).toHaveLength(1);
  });

  it('does not reach a request that must not be cut off', async () => {
    let aborted = false;
    const { receive } = rig({
      'update.unprotect': (_args, { signal }) =>
        new Promise(() => {
          signal.addEventListener('abort', () => (aborted = true));
        }),
    });
    receive({ type: 'request', number: 1, name: 'update.unprotect', args: { path: '1-1', consents: [] } });
    receive({ type: 'cancel', number: 1 });
    await settled();
    expect(aborted).toBe(false);
  });

  it('of something that is not under way is no matter', () => {
    const { receive, sent } = rig();
    receive({ type: 'cancel', number: 99 });
    expect(sent).toEqual([]);
  });
});

it('a message of somebody who is not the screen is not even parsed', async () => {
  let reached = false;
  const { session, sent, logged } = rig({
    'jobs.list': () => {
      reached = true;
      return [];
    },
  });
  session.receive({ type: 'request', number: 1, name: 'jobs.list', args: {} }, 'somebody else');
  await settled();
  expect(reached).toBe(false);
  expect(sent).toEqual([]);
  expect(logged).toEqual(['warn: a message came from somebody who is not the screen']);
});

it('an event goes to every screen, and one that is not in the contract to none', () => {
  const { services, server, sent, logged } = rig();
  const second: MainMessage[] = [];
  server.connect({ trusts: () => true, send: (message) => second.push(message) });
  services.announce('settings', DEFAULT_SETTINGS);
  services.announce('settings', { theme: 'do not tell' } as never);
  const expected = [{ type: 'event', name: 'settings', event: DEFAULT_SETTINGS }];
  expect(sent).toEqual(expected);
  expect(second).toEqual(expected);
  expect(logged).toHaveLength(1);
});

it('whatever comes in, nothing crashes and nothing goes out that is not in the contract', async () => {
  const name = fc.oneof(fc.constantFrom(...Object.keys(requests)), fc.string());
  const message = fc.oneof(
    fc.anything(),
    fc.record({
      type: fc.constantFrom('request', 'cancel', 'x'),
      number: fc.oneof(fc.nat(), fc.anything()),
      name,
      args: fc.anything(),
    }),
    fc.record({ type: fc.constant('request'), number: fc.nat(), name, args: fc.object() }),
  );
  const handlers = Object.fromEntries(
    Object.keys(requests).map((each) => [each, (args: unknown) => args]),
  ) as unknown as Handlers;
  await fc.assert(
    fc.asyncProperty(fc.array(message, { maxLength: 20 }), async (messages) => {
      const { receive, sent } = rig(handlers);
      for (const each of messages) receive(each);
      await settled();
      for (const out of sent) expect(['result', 'failure', 'progress']).toContain(out.type);
    }),
  );
});

it('every event and every request has a schema', () => {
  expect(Object.keys(events)).not.toHaveLength(0);
  for (const { args, result } of Object.values(requests)) {
    expect(args.safeParse('nonsense').success).toBe(false);
    expect(result.safeParse(Symbol('nonsense')).success).toBe(false);
  }
});

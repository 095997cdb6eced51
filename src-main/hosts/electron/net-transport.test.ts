import { EventEmitter } from 'node:events';
import type { Net } from 'electron';
import { beforeEach, describe, expect, it } from 'vitest';
import { rejection } from '../../../test/rig/in-time.ts';
import { netTransport } from './net-transport.ts';

/** Electron's request as far as it is used: what it would tell can be made to happen. */
class RequestDouble extends EventEmitter {
  aborted = false;
  ended = false;

  abort(): void {
    this.aborted = true;
  }

  end(): void {
    this.ended = true;
  }
}

let request: RequestDouble;
let asked: unknown;
const net = {
  request: (options: unknown) => {
    asked = options;
    return request;
  },
} as unknown as Pick<Net, 'request'>;
const transport = netTransport(net);
const URL = 'https://firmware.example/metadata/timestamp.json';

beforeEach(() => {
  request = new RequestDouble();
});

function get(signal = new AbortController().signal) {
  return transport.get(URL, { headers: { 'if-none-match': '"a"' }, signal });
}

async function answered(status = 200, headers: Record<string, string | string[]> = {}) {
  const answer = get();
  const response = Object.assign(new EventEmitter(), { statusCode: status, headers });
  request.emit('response', response);
  return { answer: await answer, response };
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

it('asks without cookies and cache, and follows nothing by itself', async () => {
  await answered();
  expect(asked).toEqual({
    url: URL,
    headers: { 'if-none-match': '"a"' },
    redirect: 'manual',
    credentials: 'omit',
    cache: 'no-store',
  });
  expect(request.ended).toBe(true);
});

it('gives status, headers and body as they came', async () => {
  const { answer, response } = await answered(206, { ETag: '"b"', 'Content-Range': ['bytes 0-1/2'] });
  expect(answer).toMatchObject({ status: 206, headers: { etag: '"b"', 'content-range': 'bytes 0-1/2' } });
  const text = textOf(answer.body);
  response.emit('data', Buffer.from('he'));
  response.emit('data', Buffer.from('llo'));
  response.emit('end');
  expect(await text).toBe('hello');
});

it('tells a redirection in place of following it', async () => {
  const answer = get();
  request.emit('redirect', 302, 'GET', 'http://elsewhere.example/', {});
  expect(await answer).toMatchObject({ status: 302, headers: { location: 'http://elsewhere.example/' } });
  expect(await textOf((await answer).body)).toBe('');
  expect(request.aborted).toBe(true);
});

describe('what goes wrong has a name', () => {
  it.each([
    ['net::ERR_INTERNET_DISCONNECTED', 'unreachable'],
    ['net::ERR_CERT_AUTHORITY_INVALID', 'certificate'],
    ['net::ERR_SSL_PROTOCOL_ERROR', 'certificate'],
    ['net::ERR_CERT_DATE_INVALID', 'certificate-date'],
  ])('%s', async (message, fault) => {
    const answer = get();
    request.emit('error', new Error(message));
    expect(await rejection(answer)).toMatchObject({ name: 'ConnectionFailed', fault });
  });

  it('a connection that breaks off in the body', async () => {
    const { answer, response } = await answered();
    const text = rejection(textOf(answer.body));
    response.emit('data', Buffer.from('hal'));
    response.emit('aborted');
    expect(await text).toMatchObject({ fault: 'unreachable' });
  });
});

describe('whoever has enough', () => {
  it('ends the request before the headers', async () => {
    const stop = new AbortController();
    const answer = rejection(get(stop.signal));
    stop.abort(new Error('enough'));
    expect(await answer).toMatchObject({ message: 'enough' });
    expect(request.aborted).toBe(true);
  });

  it('ends it in the body', async () => {
    const { answer, response } = await answered();
    response.emit('data', Buffer.from('one'));
    response.emit('data', Buffer.from('two'));
    for await (const chunk of answer.body) {
      expect(Buffer.from(chunk).toString()).toBe('one');
      break;
    }
    expect(request.aborted).toBe(true);
  });

  it('asks nothing at all when it was over before', async () => {
    expect(await rejection(get(AbortSignal.abort(new Error('over'))))).toMatchObject({ message: 'over' });
    expect(request.ended).toBe(false);
  });
});

import { request as httpRequest } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { MainMessage } from '../../../shared/messages.ts';
import { ContractServer } from '../../services/contract-server.ts';
import { StandInServices } from '../../../test/rig/stand-in-services.ts';
import type { ScreenFile } from '../screen-files.ts';
import { openLoopbackHost, type LoopbackHost } from './loopback-host.ts';

const PAGE: ScreenFile = { body: new TextEncoder().encode('<h1>Stepwise</h1>'), type: 'text/html' };
const open: LoopbackHost[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((host) => host.close()));
});

async function host(answers: ConstructorParameters<typeof StandInServices>[0] = {}, origins: string[] = []) {
  const contract = new ContractServer(new StandInServices(answers), () => undefined);
  const opened = await openLoopbackHost({
    contract,
    screens: new Map([['/index.html', PAGE]]),
    port: 0,
    origins,
  });
  open.push(opened);
  return opened;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** By hand: `fetch` would not let us lie about host and origin, nor send an address as it stands. */
function get(
  port: number,
  path: string,
  headers: Record<string, string> = {},
  method = 'GET',
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = httpRequest({ host: '127.0.0.1', port, path, headers, method }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function admitted({ port, address }: LoopbackHost): Promise<string> {
  const { pathname, search } = new URL(address);
  const { headers } = await get(port, pathname + search);
  return String(headers['set-cookie']?.[0]).split(';')[0] ?? '';
}

interface Told {
  readonly socket: WebSocket;
  readonly next: () => Promise<MainMessage>;
}

function connect(port: number, headers: Record<string, string>): Promise<Told> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/contract`, { headers });
  const messages: MainMessage[] = [];
  let wake = (): void => undefined;
  socket.on('message', (bytes: Buffer) => {
    messages.push(JSON.parse(bytes.toString()) as MainMessage);
    wake();
  });
  const next = async (): Promise<MainMessage> => {
    for (;;) {
      const message = messages.shift();
      if (message) return message;
      await new Promise<void>((resolve) => (wake = resolve));
    }
  };
  return new Promise((resolve, reject) => {
    socket.on('open', () => resolve({ socket, next }));
    socket.on('error', reject);
  });
}

describe('the door', () => {
  it('opens once for the printed address, and then for its cookie', async () => {
    const opened = await host();
    const { pathname, search } = new URL(opened.address);
    const first = await get(opened.port, pathname + search);
    expect(first.status).toBe(303);
    expect(first.headers.location).toBe('/');
    const cookie = String(first.headers['set-cookie']);
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    expect((await get(opened.port, pathname + search)).status).toBe(403);
    const page = await get(opened.port, '/', { cookie: cookie.split(';')[0] ?? '' });
    expect(page).toMatchObject({ status: 200, body: '<h1>Stepwise</h1>' });
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
  });

  it('stays shut without token and cookie, with wrong ones, and for other names of this address', async () => {
    const opened = await host();
    const cookie = await admitted(opened);
    const wrong = `${cookie.slice(0, -1)}${cookie.endsWith('A') ? 'B' : 'A'}`;
    expect((await get(opened.port, '/')).status).toBe(403);
    expect((await get(opened.port, '/?token=')).status).toBe(403);
    expect((await get(opened.port, '/', { cookie: wrong })).status).toBe(403);
    expect((await get(opened.port, '/', { cookie, host: 'evil.example' })).status).toBe(403);
    expect((await get(opened.port, '/', { cookie, host: `evil.example:${opened.port}` })).status).toBe(403);
    expect((await get(opened.port, '/', { cookie, origin: 'https://evil.example' })).status).toBe(403);
  });

  it('leads to the screens and nowhere else', async () => {
    const opened = await host();
    const cookie = await admitted(opened);
    for (const path of [
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '//etc/passwd',
      '/assets/',
      '/__proto__',
    ])
      expect((await get(opened.port, path, { cookie })).status, path).toBe(404);
    expect((await get(opened.port, '/', { cookie }, 'POST')).status).toBe(405);
  });
});

describe('the contract', () => {
  const answers = { 'jobs.list': () => [] };
  const ask = JSON.stringify({ type: 'request', number: 1, name: 'jobs.list', args: {} });

  it('is spoken over the WebSocket', async () => {
    const opened = await host(answers);
    const cookie = await admitted(opened);
    const origin = `http://127.0.0.1:${opened.port}`;
    const { socket, next } = await connect(opened.port, { cookie, origin });
    socket.send('this is no JSON');
    socket.send(Buffer.from(ask));
    socket.send(ask);
    expect(await next()).toEqual({ type: 'result', number: 1, result: [] });
  });

  it.each([
    ['without a cookie', (port: number) => ({ origin: `http://127.0.0.1:${port}` })],
    ['without an origin', (_port: number, cookie: string) => ({ cookie })],
    ['from another page', (_port: number, cookie: string) => ({ cookie, origin: 'https://evil.example' })],
    [
      'from a page that was opened as a file',
      (_port: number, cookie: string) => ({ cookie, origin: 'null' }),
    ],
    [
      'under another name',
      (port: number, cookie: string) => ({
        cookie,
        origin: `http://127.0.0.1:${port}`,
        host: 'evil.example',
      }),
    ],
  ])('is refused %s', async (_why, headers) => {
    const opened = await host(answers);
    const cookie = await admitted(opened);
    await expect(connect(opened.port, headers(opened.port, cookie))).rejects.toThrow('403');
  });

  it('has one page at a time: the newest', async () => {
    const opened = await host(answers);
    const headers = { cookie: await admitted(opened), origin: `http://localhost:${opened.port}` };
    const first = await connect(opened.port, headers);
    const closed = new Promise((resolve) => first.socket.on('close', resolve));
    const second = await connect(opened.port, headers);
    expect(await closed).toBe(4001);
    second.socket.send(ask);
    expect(await second.next()).toMatchObject({ type: 'result' });
  });

  it('lets a development server in only where it was told to', async () => {
    const origin = 'http://127.0.0.1:5173';
    const opened = await host(answers, [origin]);
    const cookie = await admitted(opened);
    const { socket, next } = await connect(opened.port, { cookie, origin });
    socket.send(ask);
    expect(await next()).toMatchObject({ type: 'result' });
  });
});

it('says who has the port', async () => {
  const opened = await host();
  const contract = new ContractServer(new StandInServices({}), () => undefined);
  await expect(openLoopbackHost({ contract, screens: new Map(), port: opened.port })).rejects.toThrow(
    'EADDRINUSE',
  );
});

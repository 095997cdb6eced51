import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import { afterEach, describe, expect, it } from 'vitest';
import { CatalogRig, firmware, versionsOf } from '../../test/catalog/catalog-rig.ts';
import { EARLY_CERTIFICATE } from '../../test/catalog/early-certificate.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { systemClock } from '../usb/system-clock.ts';
import { nodeTransport } from './node-transport.ts';
import { serveStatic } from './publish/static-server.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** @returns its port */
async function listening(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

const request = () => ({ headers: {}, signal: new AbortController().signal });

describe('the network by Node', () => {
  it('carries a catalog: one request of no bytes where nothing is new', async () => {
    const rig = await CatalogRig.start();
    const bytes = Buffer.from(firmware(200_000));
    const target = await rig.maker.release('1.0.0', bytes);
    const server = await serveStatic((path) => rig.maker.files.get(path));
    try {
      const catalog = await rig.open({
        url: `${server.url}/`,
        transport: nodeTransport({}),
        clock: systemClock,
      });
      expect(await catalog.check()).toMatchObject({ freshness: 'current' });
      expect(versionsOf(catalog)).toEqual(['1.0.0']);
      expect(Buffer.compare(await catalog.fetch(target), bytes)).toBe(0);
      const before = { ...server.counts };
      expect(await catalog.check()).toMatchObject({ freshness: 'current' });
      expect(server.counts).toEqual({ requests: before.requests + 1, bytes: before.bytes });
    } finally {
      await server.close();
    }
  });

  it('leaves redirections to who asked', async () => {
    const port = await listening(
      createServer((_, response) => response.writeHead(302, { location: '/there' }).end()),
    );
    const { status, headers } = await nodeTransport({}).get(`http://127.0.0.1:${port}/`, request());
    expect([status, headers['location']]).toEqual([302, '/there']);
  });

  it('goes over the proxy for others, and never for this computer', async () => {
    const asked: string[] = [];
    const proxy = createServer((_, response) => response.end('this is the proxy'));
    proxy.on('connect', ({ url = '' }: IncomingMessage, socket) => {
      asked.push(url);
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    const address = `http://127.0.0.1:${await listening(proxy)}`;
    const own = await listening(createServer((_, response) => response.end('directly')));

    const transport = nodeTransport({
      HTTPS_PROXY: address,
      HTTP_PROXY: address,
      NO_PROXY: 'intranet.invalid',
    });
    const failure = { name: 'ConnectionFailed', fault: 'unreachable' };
    const get = (url: string) => transport.get(url, request());
    expect(await rejection(get('https://firmware.invalid/timestamp.json'))).toMatchObject(failure);
    expect(await rejection(get('https://intranet.invalid/timestamp.json'))).toMatchObject(failure);
    expect(asked).toEqual(['firmware.invalid:443']);
    const { body } = await get(`http://127.0.0.1:${own}/`);
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toBe('directly');
  });

  it('says what kept it from a connection', async () => {
    const port = await listening(createServer((_, response) => response.end()));
    const refused = await listening(createServer());
    servers.pop()?.close();
    const fault = async (url: string) => rejection(nodeTransport({}).get(url, request()));
    expect(await fault(`http://127.0.0.1:${refused}/`)).toMatchObject({ fault: 'unreachable' });
    expect(await fault(`https://127.0.0.1:${port}/`)).toMatchObject({ fault: 'certificate' });
    const early = await listening(createSecureServer(EARLY_CERTIFICATE, (_, response) => response.end()));
    expect(await fault(`https://localhost:${early}/`)).toMatchObject({ fault: 'certificate-early' });
  });

  it('ends when it is told to', async () => {
    const port = await listening(createServer(() => undefined));
    const leaving = new AbortController();
    const asking = nodeTransport({}).get(`http://127.0.0.1:${port}/`, {
      headers: {},
      signal: leaving.signal,
    });
    const why = new Error('enough');
    leaving.abort(why);
    expect(await rejection(asking)).toBe(why);
  });
});

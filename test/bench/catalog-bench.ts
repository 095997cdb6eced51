/**
 * Many installations and one repository, over real HTTP on loopback: what each of them asks for and is sent, and whether
 * every one of them ends with what the maker published last. They share a process and its connections and keep their
 * files in memory, so that many fit; everything else is as in life.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { Socket } from 'node:net';
import type { CatalogState } from '../../shared/catalog.ts';
import { Catalog } from '../../src-main/catalog/catalog.ts';
import { memoryFiles } from '../../src-main/files/memory-files.ts';
import { nodeTransport } from '../../src-main/catalog/node-transport.ts';
import type { Referred } from '../../src-main/catalog/publish/metadata.ts';
import { serveStatic, type StaticServer } from '../../src-main/catalog/publish/static-server.ts';
import { Log } from '../../src-main/log/log.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { Maker } from '../catalog/maker.ts';
import { payload } from './update-bench.ts';

/** A step of all clients or some, and what one of them costs on average. */
export interface CatalogCost {
  readonly step: string;
  readonly clients: number;
  readonly requests: number;
  /** What `requests` must not exceed. */
  readonly atMost: number;
  /** Bytes of bodies. */
  readonly body: number;
  /** Bytes on the connection from the client and to it, with the headers of HTTP and without TLS. */
  readonly up: number;
  readonly down: number;
  /** Milliseconds of processor time, client and server together. */
  readonly cpu: number;
}

export interface CatalogResult {
  readonly clients: number;
  readonly seconds: number;
  /** Bytes of targets.json, and how many releases are in it. */
  readonly targets: number;
  readonly releases: number;
  /** Memory of the process in MB, before the first client and when all are done. */
  readonly resident: readonly [number, number];
  readonly costs: readonly CatalogCost[];
  /** What clients have that have not what they should; none where all is well. */
  readonly wrong: readonly string[];
}

/** A year of monthly releases. */
const RELEASES = 12;
const FIRMWARE_BYTES = 256 * 1024;
const NOTES = { en: '- What has changed, in about as many words.\n'.repeat(10) };
/** All steps together take a little more than twice as long as the first. */
const FIRST_STEP_MS = 25_000;
const AT_ONCE = 64;
/** What need not be done by all is done by one client out of so many. */
const SAMPLE = 10;
const MORE_THAN_A_WEEK_MS = 8 * 24 * 3_600_000;

/** @param count of clients; without it as many as can start within {@link FIRST_STEP_MS} */
export async function benchCatalog(count?: number): Promise<CatalogResult> {
  const maker = await Maker.start();
  for (let number = 1; number <= RELEASES; number++) await publish(maker, `1.${number}.0`);
  const before = residentMegabytes();
  const started = performance.now();
  const connections = countConnections();
  const server = await serveStatic((path) => maker.files.get(path));
  const clients: Catalog[] = [];
  const some = () => clients.filter((_, number) => number % SAMPLE === 0);
  const costs: CatalogCost[] = [];
  const wrong: string[] = [];
  const step = async <T>(
    name: string,
    atMost: number,
    who: Iterable<T>,
    work: (one: T) => Promise<unknown>,
  ) => costs.push({ step: name, atMost, ...(await cost(server, connections, who, work)) });
  const check = (client: Catalog) => client.check();
  let now = Date.now();
  const today = () => new Date(now).toISOString();
  try {
    const open = opener(server.url, maker.file(`metadata/${maker.versions.root}.root.json`), today);
    await step('first start', 4, upTo(count), async () => {
      const client = await open();
      clients.push(client);
      await client.check();
    });
    await step('no news', 1, clients, check);
    now += MORE_THAN_A_WEEK_MS;
    await step('nothing for a week', 2, some(), check);
    await maker.publishSnapshot(targetsOf(maker));
    await step('signed anew (sign --refresh)', 3, some(), check);
    const target = await publish(maker, '2.0.0');
    await step('one new release', 4, clients, check);
    await step('its firmware, 256 KiB', 1, some(), (client) =>
      client.fetch(target).catch((error: unknown) => wrong.push(`no firmware: ${String(error)}`)),
    );
    return {
      clients: clients.length,
      seconds: (performance.now() - started) / 1000,
      targets: targetsOf(maker).bytes.length,
      releases: maker.targets.length,
      resident: [before, residentMegabytes()],
      costs,
      wrong: [...wrong, ...wrongAmong(clients, maker, today())],
    };
  } finally {
    connections.end();
    await server.close();
  }
}

function targetsOf(maker: Maker): Referred {
  const version = maker.versions.targets;
  return { version, bytes: maker.file(`metadata/${version}.targets.json`) };
}

/** @returns the target */
function publish(maker: Maker, version: string): Promise<string> {
  return maker.release(version, payload(FIRMWARE_BYTES, maker.versions.targets), { notes: NOTES });
}

function opener(url: string, root: Uint8Array, today: () => string): () => Promise<Catalog> {
  const shared = { clock: systemClock, random: Math.random, log: new Log({ today }), today };
  const transport = nodeTransport({});
  return () => Catalog.open({ url, root, folder: '/catalog', files: memoryFiles(), transport, ...shared });
}

function* upTo(count: number | undefined): Generator<number> {
  const started = performance.now();
  const goesOn = (done: number) =>
    count === undefined ? performance.now() - started < FIRST_STEP_MS : done < count;
  for (let number = 0; goesOn(number); number++) yield number;
}

function wrongAmong(clients: readonly Catalog[], maker: Maker, checked: string): readonly string[] {
  const has = (state: CatalogState, targets: readonly string[]) => JSON.stringify({ ...state, targets });
  const right = has(
    { freshness: 'current', checking: false, checked },
    maker.targets.map(({ path }) => path).sort(),
  );
  return clients
    .map(({ state, releases }) =>
      has(
        state,
        releases.map(({ target }) => target),
      ),
    )
    .filter((each) => each !== right);
}

// -- what it costs -------------------------------------------------------------------------------------------------------

async function cost<T>(
  server: StaticServer,
  connections: Connections,
  who: Iterable<T>,
  work: (one: T) => Promise<unknown>,
): Promise<Omit<CatalogCost, 'step' | 'atMost'>> {
  const read = () => ({ ...server.counts, ...connections.bytes(), cpu: process.cpuUsage() });
  const from = read();
  const clients = await forAll(who, work);
  const to = read();
  const spent = process.cpuUsage(from.cpu);
  return {
    clients,
    requests: (to.requests - from.requests) / clients,
    body: (to.bytes - from.bytes) / clients,
    up: (to.up - from.up) / clients,
    down: (to.down - from.down) / clients,
    cpu: (spent.user + spent.system) / 1000 / clients,
  };
}

/** @returns how many there were */
async function forAll<T>(who: Iterable<T>, work: (one: T) => Promise<unknown>): Promise<number> {
  const queue = who[Symbol.iterator]();
  let done = 0;
  const oneByOne = async () => {
    for (let next = queue.next(); !next.done; next = queue.next()) {
      await work(next.value);
      done++;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, oneByOne));
  return done;
}

interface Connections {
  bytes(): { readonly up: number; readonly down: number };
  end(): void;
}

/** Of all servers in this process. */
function countConnections(): Connections {
  const CHANNEL = 'net.server.socket';
  const sockets: Socket[] = [];
  const keep = (message: unknown) => {
    const isConnection = typeof message === 'object' && message !== null && 'socket' in message;
    if (isConnection && message.socket instanceof Socket) sockets.push(message.socket);
  };
  subscribe(CHANNEL, keep);
  return {
    bytes: () => ({
      up: sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0),
      down: sockets.reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    }),
    end: () => unsubscribe(CHANNEL, keep),
  };
}

function residentMegabytes(): number {
  return process.memoryUsage.rss() / 1e6;
}

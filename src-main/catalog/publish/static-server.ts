/**
 * Serves a published repository as any static host does, on this computer alone: for `repo serve`, for demonstrations and
 * for tests. What a client may make use of is there: ETag and 304 (RFC 9110 §13.1.2), ranges (§14), HEAD.
 */
import { createHash } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { createServer, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { join, sep } from 'node:path';

/** What lies at a path such as `metadata/timestamp.json`; undefined where nothing does. */
export type Lookup = (path: string) => Promise<Uint8Array | undefined> | Uint8Array | undefined;

export interface Served {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  /** Of the body. */
  readonly bytes: number;
}

export interface StaticServer {
  /** Without a slash at its end. */
  readonly url: string;
  readonly port: number;
  /** Since the start. */
  readonly counts: { readonly requests: number; readonly bytes: number };
  close(): Promise<void>;
}

export interface StaticServerOptions {
  /** Any that is free without it. */
  readonly port?: number;
  readonly onServed?: (served: Served) => void;
}

const HOST = '127.0.0.1';
/** Seconds for which a copy of timestamp.json is good enough; every other file never changes. */
const TIMESTAMP_LIFETIME = 60;
const A_YEAR = 31_536_000;

/** @param source a folder, or what looks paths up */
export async function serveStatic(
  source: string | Lookup,
  { port = 0, onServed }: StaticServerOptions = {},
): Promise<StaticServer> {
  const lookup = typeof source === 'string' ? inFolder(source) : source;
  const counts = { requests: 0, bytes: 0 };
  const server = createServer((request, response) => {
    void answer(request, lookup).then((reply) => {
      const bytes = send(request, response, reply);
      counts.requests += 1;
      counts.bytes += bytes;
      onServed?.({ method: request.method ?? '', path: request.url ?? '', status: reply.status, bytes });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${HOST}:${actual}`,
    port: actual,
    counts,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Reply {
  readonly status: number;
  readonly headers: OutgoingHttpHeaders;
  readonly body: Uint8Array;
}

const NOTHING = new Uint8Array();

async function answer(request: IncomingMessage, lookup: Lookup): Promise<Reply> {
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return { status: 405, headers: { Allow: 'GET, HEAD' }, body: NOTHING };
  const path = safePath(request.url ?? '');
  if (path === undefined) return { status: 400, headers: {}, body: NOTHING };
  let content: Uint8Array | undefined;
  try {
    content = await lookup(path);
  } catch {
    return { status: 500, headers: { 'Cache-Control': 'no-store' }, body: NOTHING };
  }
  // The next root is looked for before it exists: that it is not there must not be remembered.
  if (!content) return { status: 404, headers: { 'Cache-Control': 'no-store' }, body: NOTHING };
  return found(request, path, content);
}

function found({ headers }: IncomingMessage, path: string, content: Uint8Array): Reply {
  const tag = `"${createHash('sha256').update(content).digest('hex').slice(0, 32)}"`;
  const common = {
    ETag: tag,
    'Cache-Control': path.endsWith('/timestamp.json')
      ? `max-age=${TIMESTAMP_LIFETIME}, must-revalidate`
      : `max-age=${A_YEAR}, immutable`,
    'Content-Type': path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
    'Accept-Ranges': 'bytes',
  };
  if (isKnown(headers['if-none-match'], tag)) return { status: 304, headers: common, body: NOTHING };
  const ifRange = headers['if-range'];
  const range = ifRange === undefined || ifRange === tag ? rangeOf(headers.range, content.length) : undefined;
  if (!range) return { status: 200, headers: common, body: content };
  if (range === 'outside')
    return {
      status: 416,
      headers: { ...common, 'Content-Range': `bytes */${content.length}` },
      body: NOTHING,
    };
  return {
    status: 206,
    headers: { ...common, 'Content-Range': `bytes ${range.first}-${range.last}/${content.length}` },
    body: content.subarray(range.first, range.last + 1),
  };
}

/** @returns bytes of the body that were sent */
function send(
  { method }: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Reply,
): number {
  const length = status === 304 ? {} : { 'Content-Length': body.length };
  response.writeHead(status, { ...headers, ...length });
  const sent = method === 'HEAD' ? NOTHING : body;
  response.end(sent);
  return sent.length;
}

/** Relative and without steps upwards; undefined where it is anything else. */
function safePath(url: string): string | undefined {
  let path: string;
  try {
    path = decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '');
  } catch {
    return undefined;
  }
  const steps = path.split('/').slice(1);
  const isPlain = steps.length > 0 && steps.every((step) => step !== '' && !step.startsWith('.'));
  return isPlain && !/[\\\0]/.test(path) ? steps.join('/') : undefined;
}

function isKnown(ifNoneMatch: string | undefined, tag: string): boolean {
  const tags = ifNoneMatch?.split(',').map((each) => each.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(tag) || tags.includes('*');
}

/** Undefined where the whole is to be sent: no range was asked for, or more than one, or one that cannot be read. */
function rangeOf(
  header: string | undefined,
  length: number,
): { readonly first: number; readonly last: number } | 'outside' | undefined {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  if (from !== '' && to !== '' && Number(to) < Number(from)) return undefined;
  const first = from === '' ? Math.max(0, length - Number(to)) : Number(from);
  const last = from === '' || to === '' ? length - 1 : Math.min(Number(to), length - 1);
  return first > last ? 'outside' : { first, last };
}

/** Links that lead out of the folder lead nowhere. */
function inFolder(folder: string): Lookup {
  return async (path) => {
    try {
      const [inside, file] = await Promise.all([realpath(folder), realpath(join(folder, path))]);
      return file.startsWith(`${inside}${sep}`) ? await readFile(file) : undefined;
    } catch (error) {
      if (
        error instanceof Error &&
        'code' in error &&
        ['ENOENT', 'ENOTDIR', 'EISDIR'].includes(String(error.code))
      )
        return undefined;
      throw error;
    }
  };
}

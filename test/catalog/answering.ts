/** A server as a value: it answers from a table of files, counts, and can be told to do something else instead. */
import { sha256 } from '../../src-main/catalog/publish/metadata.ts';
import {
  ConnectionFailed,
  type Answer,
  type Request,
  type Transport,
} from '../../src-main/catalog/transport.ts';

export const ORIGIN = 'https://firmware.example/repository';

export interface Asked {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  bytes: number;
}

/** Undefined: as an honest server would. */
export type Mischief = (path: string, request: Request) => Answer | Promise<Answer> | undefined;

export class AnsweringServer implements Transport {
  readonly asked: Asked[] = [];
  files: ReadonlyMap<string, Uint8Array>;
  mischief: Mischief = () => undefined;
  /** Of each piece of a body, in bytes. */
  chunk = 65_536;

  constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.files = files;
  }

  /** `status path` of every request since the last time. */
  take(): string[] {
    return this.asked.splice(0).map(({ status, path }) => `${status} ${path}`);
  }

  async get(url: string, request: Request): Promise<Answer> {
    const path = url.startsWith(`${ORIGIN}/`) ? url.slice(ORIGIN.length + 1) : url;
    if (Object.values(request.headers).some((value) => /[^\x20-\x7e]/.test(value)))
      throw new ConnectionFailed('unreachable', 'no HTTP can carry these headers');
    const { status, headers, body } = await (this.mischief(path, request) ?? this.honest(path, request));
    const asked: Asked = { path, headers: request.headers, status, bytes: 0 };
    this.asked.push(asked);
    return { status, headers, body: counted(body, asked) };
  }

  honest(path: string, { headers }: Pick<Request, 'headers'>): Answer {
    const content = this.files.get(path);
    if (!content) return answer(404, 'not here');
    const etag = `"${sha256(content).slice(0, 16)}"`;
    if (headers['if-none-match'] === etag) return answer(304, '', { etag });
    const [, from] = /^bytes=(\d+)-$/.exec(headers['range'] ?? '') ?? [];
    const start = headers['if-range'] === undefined || headers['if-range'] === etag ? Number(from ?? 0) : 0;
    if (start > 0 && start >= content.length) return answer(416, '');
    const range = `bytes ${start}-${content.length - 1}/${content.length}`;
    return start > 0
      ? answer(206, this.#pieces(content.subarray(start)), { etag, 'content-range': range })
      : answer(200, this.#pieces(content), { etag });
  }

  #pieces(bytes: Uint8Array): Uint8Array[] {
    const pieces: Uint8Array[] = [];
    for (let at = 0; at < bytes.length; at += this.chunk) pieces.push(bytes.subarray(at, at + this.chunk));
    return pieces;
  }
}

export type Body = string | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export function answer(status: number, body: Body, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers, body: iterable(body) };
}

async function* iterable(body: Body): AsyncGenerator<Uint8Array> {
  if (typeof body === 'string') yield Buffer.from(body);
  else yield* body;
}

async function* counted(body: AsyncIterable<Uint8Array>, asked: Asked): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    asked.bytes += chunk.length;
    yield chunk;
  }
}

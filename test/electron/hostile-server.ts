/** A web server on loopback that serves what a maker published, or whatever it is told to instead. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';

/** @returns whether it has answered */
export type Mischief = (path: string, response: ServerResponse, request: IncomingMessage) => boolean;

export class HostileServer {
  readonly #server: Server;
  /** What is published, by path. */
  readonly #files: ReadonlyMap<string, Uint8Array>;
  mischief: Mischief = () => false;
  /** Path and range of each request. */
  readonly asked: { readonly path: string; readonly range: string | undefined }[] = [];
  /** Bytes of bodies that were handed to the network. */
  sent = 0;

  private constructor(files: ReadonlyMap<string, Uint8Array>) {
    this.#files = files;
    this.#server = createServer((request, response) => {
      const path = decodeURIComponent((request.url ?? '').slice(1));
      this.asked.push({ path, range: request.headers.range });
      if (!this.mischief(path, response, request)) this.honest(path, response, request);
    });
  }

  static async start(files: ReadonlyMap<string, Uint8Array>): Promise<HostileServer> {
    const server = new HostileServer(files);
    server.#server.listen(0, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    if (typeof address !== 'object' || !address) throw new Error('the server does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  honest(path: string, response: ServerResponse, request: IncomingMessage): void {
    const content = this.#files.get(path);
    const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
    if (!content) response.writeHead(404).end();
    else if (from === undefined) response.writeHead(200, { etag: `"${content.length}"` }).end(content);
    else {
      const range = `bytes ${from}-${content.length - 1}/${content.length}`;
      response.writeHead(206, { 'content-range': range }).end(content.subarray(Number(from)));
    }
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/**
 * The screens in a browser: files over HTTP and the contract over one WebSocket, on 127.0.0.1 and nowhere else. It
 * serves development, tests in a real browser, and computers without the Electron runtime.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { LARGEST_FILE } from '../../../shared/contract.ts';
import type { ContractServer } from '../../services/contract-server.ts';
import { contentSecurityPolicy, type ScreenFile } from '../screen-files.ts';
import { EntryPass } from './entry-pass.ts';

const ADDRESS = '127.0.0.1';
const CONTRACT_PATH = '/contract';
/** The largest file in base64, and what is around it. */
const LARGEST_MESSAGE = Math.ceil(LARGEST_FILE / 3) * 4 + 4096;
/** Code with which a page is told that another one has taken its place. */
const REPLACED = 4001;

export interface LoopbackOptions {
  readonly contract: ContractServer;
  readonly screens: ReadonlyMap<string, ScreenFile>;
  /** 0 for any that is free. */
  readonly port: number;
  /** Origins of pages besides our own; for a development server. */
  readonly origins?: readonly string[];
}

export interface LoopbackHost {
  readonly port: number;
  /** To be opened in a browser; it works once. */
  readonly address: string;
  close(): Promise<void>;
}

/** @throws the system's error where the port is taken */
export async function openLoopbackHost(options: LoopbackOptions): Promise<LoopbackHost> {
  const http = createServer();
  const port = await listen(http, options.port);
  const pass = new EntryPass(port, options.origins ?? []);
  const sockets = new WebSocketServer({ noServer: true, maxPayload: LARGEST_MESSAGE });
  const seat = new Seat(options.contract);

  http.on('request', (request, response) => {
    answer(request, response, pass, options.screens);
  });
  http.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const welcome =
      request.url === CONTRACT_PATH &&
      pass.isForUs(request) &&
      pass.comesFromOurPage(request) &&
      pass.hasSession(request);
    if (welcome) sockets.handleUpgrade(request, socket, head, (accepted) => seat.take(accepted));
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
  });

  return {
    port,
    address: `http://${ADDRESS}:${port}${pass.invitation}`,
    close: async () => {
      seat.clear();
      sockets.close();
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
}

function listen(http: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    http.once('error', reject);
    http.listen(port, ADDRESS, () => {
      http.off('error', reject);
      resolve((http.address() as AddressInfo).port);
    });
  });
}

/** One page at a time: a page that is loaded again takes the place of the one before. */
class Seat {
  readonly #contract: ContractServer;
  #taken: WebSocket | undefined;

  constructor(contract: ContractServer) {
    this.#contract = contract;
  }

  take(socket: WebSocket): void {
    this.#taken?.close(REPLACED, 'another page has taken over');
    this.#taken = socket;
    const session = this.#contract.connect<WebSocket>({
      trusts: (sender) => sender === this.#taken,
      send: (message) => {
        if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
      },
    });
    socket.on('message', (bytes: Buffer, isBinary) => {
      session.receive(isBinary ? undefined : parsed(bytes), socket);
    });
    socket.on('close', () => {
      session.close();
      if (this.#taken === socket) this.#taken = undefined;
    });
    // A message that is too large, or torn: the library closes the connection, and that is all there is to do.
    socket.on('error', () => undefined);
  }

  clear(): void {
    this.#taken?.close();
  }
}

/** What is no JSON is no message: the contract refuses `undefined`. */
function parsed(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return undefined;
  }
}

const SAFE_HEADERS = {
  'Content-Security-Policy': contentSecurityPolicy(),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-store',
};

function answer(
  request: IncomingMessage,
  response: ServerResponse,
  pass: EntryPass,
  screens: ReadonlyMap<string, ScreenFile>,
): void {
  const refuse = (status: number, why: string) =>
    response
      .writeHead(status, { ...SAFE_HEADERS, 'Content-Type': 'text/plain; charset=utf-8' })
      .end(`${why}\n`);
  if (!pass.isForUs(request)) return void refuse(403, 'This is not the address of Stepwise.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return void refuse(405, 'Only reading.');
  const address = parsedAddress(request.url);
  if (!address) return void refuse(400, 'This is no address.');
  const cookie = address.pathname === '/' ? pass.redeem(address) : undefined;
  if (cookie !== undefined) {
    // The token must not stay in the browser's history as something that could be tried.
    response.writeHead(303, { ...SAFE_HEADERS, 'Set-Cookie': cookie, Location: '/' }).end();
    return;
  }
  if (!pass.hasSession(request))
    return void refuse(
      403,
      'Open the address that Stepwise printed when it started; it works once. Start Stepwise again for a new one.',
    );
  const file = screens.get(address.pathname === '/' ? '/index.html' : address.pathname);
  if (!file) return void refuse(404, 'There is no such page.');
  response.writeHead(200, { ...SAFE_HEADERS, 'Content-Type': file.type, 'Content-Length': file.body.length });
  response.end(request.method === 'HEAD' ? undefined : file.body);
}

function parsedAddress(url: string | undefined): URL | undefined {
  try {
    return new URL(url ?? '', `http://${ADDRESS}`);
  } catch {
    return undefined;
  }
}

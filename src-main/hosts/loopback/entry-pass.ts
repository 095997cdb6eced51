/**
 * Who may come in. The address that is printed holds a token; the first browser that brings it gets a cookie for it, and
 * the token is worth nothing afterwards. Host and origin are looked at besides, so that no other page in the same
 * browser and no name that somebody let point at 127.0.0.1 gets through (DNS rebinding).
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

const SECRET_BYTES = 32;
const TOKEN_PARAMETER = 'token';

export class EntryPass {
  readonly #token = secret();
  readonly #session = secret();
  readonly #cookie: string;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;
  #tokenSpent = false;

  /** @param origins besides the host's own, in development */
  constructor(port: number, origins: readonly string[]) {
    // Cookies are shared by all ports of a host: its name keeps two hosts apart.
    this.#cookie = `stepwise-${port}`;
    const names = ['127.0.0.1', 'localhost'].map((name) => `${name}:${port}`);
    this.#hosts = new Set(names);
    this.#origins = new Set([...names.map((name) => `http://${name}`), ...origins]);
  }

  /** Path and query of the address to be opened; it works once. */
  get invitation(): string {
    return `/?${TOKEN_PARAMETER}=${this.#token}`;
  }

  /** The request is for this host, and comes from no other page. */
  isForUs({ headers }: IncomingMessage): boolean {
    return (
      this.#hosts.has(headers.host ?? '') &&
      (headers.origin === undefined || this.#origins.has(headers.origin))
    );
  }

  /** A page of ours, and none else, opened this connection: browsers always say where from. */
  comesFromOurPage({ headers }: IncomingMessage): boolean {
    return headers.origin !== undefined && this.#origins.has(headers.origin);
  }

  hasSession({ headers }: IncomingMessage): boolean {
    const cookies = (headers.cookie ?? '').split(';').map((cookie) => cookie.trim());
    return cookies.some((cookie) => {
      const [name, value] = cookie.split('=');
      return name === this.#cookie && same(value ?? '', this.#session);
    });
  }

  /** Takes the token of this address, once. @returns the cookie to set */
  redeem(address: URL): string | undefined {
    const token = address.searchParams.get(TOKEN_PARAMETER);
    if (token === null || this.#tokenSpent || !same(token, this.#token)) return undefined;
    this.#tokenSpent = true;
    return `${this.#cookie}=${this.#session}; HttpOnly; SameSite=Strict; Path=/`;
  }
}

function secret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url');
}

function same(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * One file of the repository over the network: by a connection nobody can listen in on, no longer than allowed, not
 * slower than bearable, and with a name for whatever goes wrong. What comes is believed by nobody yet.
 */
import type { Clock } from '../../shared/clock.ts';
import { isFailure, StepwiseError } from '../../shared/failure.ts';
import { isSecure } from '../../shared/product.ts';
import { patiently, type Heard } from './patience.ts';
import { retryAfter } from './retry-after.ts';
import { ConnectionFailed, type Answer, type Transport } from './transport.ts';

export interface Network {
  readonly transport: Transport;
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  readonly random: () => number;
}

export interface FetchRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface Fetched {
  /** 200 or 304; 304 only where `if-none-match` was asked. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

const REDIRECTIONS = 5;
const REDIRECTION = new Set([301, 302, 303, 307, 308]);
/** Network Authentication Required (RFC 6585 §6): what a network says to whom it has not let in yet. */
const LOG_IN_FIRST = 511;
/** Of an answer nobody wants; more is cut off, and the connection with it. */
const DISCARDED_BYTES = 65_536;
const HEADERS = { 'user-agent': 'Stepwise', 'accept-encoding': 'identity' };

/**
 * The whole file, which is JSON.
 * @param limit bytes
 * @throws StepwiseError offline, not-the-repository, server-refused, server-silent, untrusted-connection, not-trusted
 * where it is too long, cancelled
 */
export async function fetchDocument(
  network: Network,
  url: string,
  limit: number,
  { headers = {}, signal }: FetchRequest,
): Promise<Fetched> {
  return withRetries(network, signal, () =>
    exchange(network, url, { headers, signal }, async (answer, heard) => {
      if (answer.status !== 200) {
        await discard(answer);
        if (answer.status !== 304 || !('if-none-match' in headers)) throw refused(url, answer);
        return { status: 304, headers: answer.headers, bytes: new Uint8Array() };
      }
      const chunks: Uint8Array[] = [];
      let length = 0;
      for await (const chunk of answer.body) {
        heard(chunk.length);
        length += chunk.length;
        if (length > limit) throw tooLong(new URL(url).pathname, limit);
        chunks.push(chunk);
      }
      const bytes = Buffer.concat(chunks);
      if (looksLikeHtml(bytes))
        throw new StepwiseError('not-the-repository', { url, what: 'a page in HTML instead of JSON' });
      return { status: 200, headers: answer.headers, bytes };
    }),
  );
}

/**
 * One request and what `take` makes of its answer; of redirections the last answer. When it is over, so is the request.
 * @throws StepwiseError as {@link fetchDocument}, and whatever `take` throws
 */
export async function exchange<T>(
  { transport, clock }: Network,
  url: string,
  { headers = {}, signal }: FetchRequest,
  take: (answer: Answer, heard: Heard) => Promise<T>,
): Promise<T> {
  const { host } = new URL(url);
  const request = new AbortController();
  const giveUp = (waited: number) => request.abort(new StepwiseError('server-silent', { host, waited }));
  const cancel = () => request.abort(new StepwiseError('cancelled', { condition: 'untouched' }));
  if (signal.aborted) cancel();
  signal.addEventListener('abort', cancel);
  try {
    return await patiently(clock, giveUp, async (heard) => {
      const answer = await follow(transport, url, {
        headers: { ...HEADERS, ...headers },
        signal: request.signal,
      });
      heard(0);
      return take({ ...answer, body: unlessAborted(request.signal, answer.body) }, heard);
    });
  } catch (error) {
    throw error instanceof ConnectionFailed ? named(error, host) : error;
  } finally {
    signal.removeEventListener('abort', cancel);
    request.abort();
  }
}

async function follow(
  transport: Transport,
  first: string,
  request: { readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<Answer> {
  let url = first;
  for (let redirections = 0; ; redirections++) {
    const answer = await Promise.race([transport.get(url, request), aborted(request.signal)]);
    if (answer.status === LOG_IN_FIRST)
      throw new StepwiseError('not-the-repository', { url, what: 'a network that asks to log in first' });
    if (!REDIRECTION.has(answer.status)) return answer;
    await discard(answer);
    const { location = '' } = answer.headers;
    const next = URL.canParse(location, url) ? new URL(location, url).href : undefined;
    if (next === undefined || redirections === REDIRECTIONS || !isAsSecure(url, next))
      throw new StepwiseError('not-the-repository', { url, what: `a redirection to ${next ?? 'nowhere'}` });
    url = next;
  }
}

/** Whoever came by https stays with it. */
function isAsSecure(from: string, to: string): boolean {
  return isSecure(to) && (from.startsWith('http:') || to.startsWith('https:'));
}

export async function discard({ body }: Answer): Promise<void> {
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > DISCARDED_BYTES) return;
  }
}

/** A transport that does not listen to its signal is not waited for. */
async function* unlessAborted(
  signal: AbortSignal,
  body: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void> {
  const chunks = body[Symbol.asyncIterator]();
  const end = aborted(signal);
  for (;;) {
    const next = await Promise.race([chunks.next(), end]);
    if (next.done) return;
    yield next.value;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const tell = () => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) tell();
    else signal.addEventListener('abort', tell, { once: true });
  });
}

/** Whether it may stand in a request (RFC 9110 §8.8.3); what was kept on a disk may be anything. */
export function isEntityTag(tag: string | undefined): tag is string {
  return /^(W\/)?"[\x21\x23-\x7e]*"$/.test(tag ?? '');
}

// -- names ---------------------------------------------------------------------------------------------------------------

function named(error: ConnectionFailed, host: string): StepwiseError {
  const cause = { cause: error };
  return error.fault === 'unreachable'
    ? new StepwiseError('offline', { host }, cause)
    : new StepwiseError('untrusted-connection', { host, detail: error.message }, cause);
}

export function refused(url: string, answer: Answer): StepwiseError<'server-refused'> {
  const wait = retryAfter(answer);
  const { status } = answer;
  return new StepwiseError('server-refused', {
    url,
    status,
    ...(wait !== undefined && { retryAfter: wait }),
  });
}

/** @param limit bytes that were allowed */
export function tooLong(file: string, limit: number): StepwiseError<'not-trusted'> {
  return new StepwiseError('not-trusted', { file, detail: `more than ${limit} bytes` });
}

/** JSON begins otherwise, whatever the server calls it. */
function looksLikeHtml(bytes: Uint8Array): boolean {
  return /^\s*</.test(Buffer.from(bytes.subarray(0, 256)).toString('latin1'));
}

// -- again ---------------------------------------------------------------------------------------------------------------

const TRIES = 3;
/** Before the second try; doubled before each further one, and shortened by up to half, so that not all come at once. */
const FIRST_PAUSE_MS = 1_000;
/** A server that wants to be left alone for longer is: the next regular check asks it again. */
const LONGEST_PAUSE_MS = 10_000;

/** Does `work` again where that may help. */
export async function withRetries<T>(
  { clock, random }: Network,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const asked = isFailure(error, 'server-refused') ? (error.facts.retryAfter ?? 0) : 0;
      const isLastTry = attempt === TRIES || asked > LONGEST_PAUSE_MS;
      if (isLastTry || signal.aborted || !mayPass(error)) throw error;
      const pause = FIRST_PAUSE_MS * 2 ** (attempt - 1) * (1 - random() / 2);
      await clock.sleep(Math.max(pause, asked), signal);
    }
  }
}

function mayPass(error: unknown): boolean {
  if (isFailure(error, 'server-refused')) return error.facts.status >= 500 || error.facts.status === 429;
  return isFailure(error, 'offline') || isFailure(error, 'server-silent');
}

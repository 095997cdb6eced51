/**
 * The network by Chromium: with the system's proxies (PAC, NTLM) and the certificates the system trusts, as the person's
 * browser has them. Nothing is sent that says who somebody is.
 */
import { on } from 'node:events';
import type { ClientRequest, IncomingMessage, Net } from 'electron';
import {
  ConnectionFailed,
  type Answer,
  type ConnectionFault,
  type Transport,
} from '../../catalog/transport.ts';

/** @param net Electron's; it works once the application is ready */
export function netTransport(net: Pick<Net, 'request'>): Transport {
  return {
    get: (url, { headers, signal }) =>
      new Promise((resolve, reject) => {
        const request = net.request({
          url,
          headers: { ...headers },
          redirect: 'manual',
          credentials: 'omit',
          cache: 'no-store',
        });
        const abort = () => {
          request.abort();
          reject(asError(signal.reason));
        };
        if (signal.aborted) {
          abort();
          return;
        }
        signal.addEventListener('abort', abort, { once: true });
        request.on('error', (error) => reject(failed(error)));
        // Not followed here: the rules for that stand with whoever asked.
        request.on('redirect', (status, _method, location) => {
          request.abort();
          resolve({ status, headers: { location }, body: nothing() });
        });
        request.on('response', (response) =>
          resolve({
            status: response.statusCode,
            headers: single(response.headers),
            body: bodyOf(request, response),
          }),
        );
        request.end();
      }),
  };
}

async function* nothing(): Answer['body'] {
  // A redirection is its headers.
}

/** Listens at once: what comes before somebody reads is kept. */
function bodyOf(request: ClientRequest, response: IncomingMessage): Answer['body'] {
  const broken = new AbortController();
  const whole = new AbortController();
  response.on('end', () => whole.abort());
  response.on('aborted', () => broken.abort());
  const chunks = on(response, 'data', { close: ['end'], signal: broken.signal });
  return (async function* () {
    try {
      for await (const [chunk] of chunks) yield chunk as Uint8Array;
    } catch (error) {
      throw failed(broken.signal.aborted ? new Error('the connection broke off') : asError(error));
    } finally {
      // Whoever has enough does not read on.
      if (!whole.signal.aborted) request.abort();
    }
  })();
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function single(headers: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : value.join(', '),
    ]),
  );
}

function failed(error: Error): ConnectionFailed {
  return new ConnectionFailed(faultOf(error.message), error.message, error);
}

/** Chromium's names: net/base/net_error_list.h. */
function faultOf(message: string): ConnectionFault {
  if (message.includes('ERR_CERT_DATE_INVALID')) return 'certificate-date';
  return /ERR_(CERT|SSL)_/.test(message) ? 'certificate' : 'unreachable';
}

/**
 * The network by Node, over the proxy the environment names (HTTPS_PROXY, HTTP_PROXY, NO_PROXY), with the certificates
 * Node trusts and those of NODE_EXTRA_CA_CERTS.
 */
import { EnvHttpProxyAgent, request } from 'undici';
import { ConnectionFailed, type Answer, type ConnectionFault, type Transport } from './transport.ts';

/** A proxy cannot reach these: it would look on itself. */
const THIS_COMPUTER = ['127.0.0.1', 'localhost', '[::1]'];

/** @param environment variables of the process */
export function nodeTransport(environment: Readonly<Record<string, string | undefined>>): Transport {
  const named = (name: string) => environment[name.toLowerCase()] ?? environment[name] ?? '';
  const dispatcher = new EnvHttpProxyAgent({
    httpProxy: named('HTTP_PROXY'),
    httpsProxy: named('HTTPS_PROXY'),
    noProxy: [named('NO_PROXY'), ...THIS_COMPUTER].filter(Boolean).join(','),
  });
  return {
    async get(url, { headers, signal }): Promise<Answer> {
      try {
        const { statusCode, headers: told, body } = await request(url, { dispatcher, headers, signal });
        return { status: statusCode, headers: single(told), body: guarded(body, signal) };
      } catch (error) {
        throw connectionFailed(error, signal);
      }
    },
  };
}

function single(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [
      name,
      typeof value === 'string' ? value : value.join(', '),
    ]),
  );
}

async function* guarded(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw connectionFailed(error, signal);
  }
}

function connectionFailed(error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  const code = errorCode(error);
  const detail = error instanceof Error ? error.message : String(error);
  return new ConnectionFailed(faultOf(code), code === '' ? detail : `${code}: ${detail}`, error);
}

/** Of the error or of the first one beneath that has one. */
function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return '';
  return 'code' in error && typeof error.code === 'string' ? error.code : errorCode(error.cause);
}

/** Codes of OpenSSL's verification as Node calls them (node:tls, X509 certificate error codes). */
function faultOf(code: string): ConnectionFault {
  if (code === 'CERT_NOT_YET_VALID') return 'certificate-early';
  if (code === 'CERT_HAS_EXPIRED') return 'certificate-date';
  return /CERT|SIGNATURE|ISSUER|SSL|TLS|EPROTO/.test(code) ? 'certificate' : 'unreachable';
}

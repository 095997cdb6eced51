/** When a busy server wants to be asked again (RFC 9110 §10.2.3): in so many seconds, or at a time by its own clock. */
import type { Answer } from './transport.ts';

/** In milliseconds; undefined where it does not say, or says nothing one could obey. */
export function retryAfter({ headers }: Pick<Answer, 'headers'>): number | undefined {
  const text = headers['retry-after'] ?? '';
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1_000;
  const wait = Date.parse(text) - Date.parse(headers['date'] ?? '');
  return wait >= 0 ? wait : undefined;
}

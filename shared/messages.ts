/**
 * The messages that carry the contract over a wire, whatever wire it is: one request, its progress, one answer, and
 * events. Numbers tie an answer to its request.
 */
import { z } from 'zod';
import type { Failure } from './failure.ts';

/** From a screen to the main side. What a request asks for is parsed against the contract afterwards. */
export const screenMessage = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('request'),
    number: z.int().min(0),
    name: z.string().max(64),
    args: z.unknown(),
  }),
  z.strictObject({ type: z.literal('cancel'), number: z.int().min(0) }),
]);
export type ScreenMessage = z.infer<typeof screenMessage>;

/** From the main side to a screen. It is trusted there: it was parsed before it was sent. */
export type MainMessage =
  | { readonly type: 'progress'; readonly number: number; readonly progress: unknown }
  | { readonly type: 'result'; readonly number: number; readonly result: unknown }
  | { readonly type: 'failure'; readonly number: number; readonly failure: Failure }
  | { readonly type: 'event'; readonly name: string; readonly event: unknown };

/** What answers the contract: one handler a request, and a stream of events. Hosts only carry it. */
import type { z } from 'zod';
import type { EventName, EventOf, Progress, RequestName, requests, Result } from '../../shared/contract.ts';

/** What a handler is given besides its arguments. */
export interface RequestContext<N extends RequestName> {
  /** Aborts when the screen gives up on a cancellable request, or is gone. */
  readonly signal: AbortSignal;
  readonly progress: (progress: Progress<N>) => void;
}

/** Arguments as they come out of their schema. */
export type Parsed<N extends RequestName> = z.output<(typeof requests)[N]['args']>;

/** May throw anything; a screen sees a failure. */
export type Handler<N extends RequestName> = (
  args: Parsed<N>,
  context: RequestContext<N>,
) => Result<N> | Promise<Result<N>>;

/** One for each request; a request without a handler does not compile. */
export type Handlers = { readonly [N in RequestName]: Handler<N> };

export type Announce = <N extends EventName>(name: N, event: EventOf<N>) => void;

/** Everything behind the contract. */
export interface Services {
  readonly handlers: Handlers;
  /** @returns ends the subscription */
  subscribe(listener: Announce): () => void;
  /** A device is being written: closing now would interrupt it. */
  isWriting(): boolean;
  /** Waits for what must not be cut off, then closes devices. */
  close(): Promise<void>;
}

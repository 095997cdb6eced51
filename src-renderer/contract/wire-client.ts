import type {
  Arguments,
  Client,
  ConnectionState,
  EventName,
  EventOf,
  Progress,
  RequestName,
  RequestOptions,
  Result,
} from '../../shared/contract.ts';
import { ContractFailure } from '../../shared/contract-failure.ts';
import type { MainMessage } from '../../shared/messages.ts';
import type { Wire } from './wire.ts';

interface Pending {
  readonly name: RequestName;
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: ContractFailure) => void;
  readonly onProgress: ((progress: unknown) => void) | undefined;
}

/** The contract over any wire. What arrives was parsed on the main side, so here it only gets its type back. */
export class WireClient implements Client {
  readonly #wire: Wire;
  readonly #pending = new Map<number, Pending>();
  readonly #listeners = new Map<string, Set<(event: unknown) => void>>();
  readonly #watchers = new Set<(state: ConnectionState) => void>();
  #number = 0;
  #lost = false;

  constructor(wire: Wire) {
    this.#wire = wire;
    wire.listen({
      onMessage: (message) => {
        this.#take(message);
      },
      onLost: (state) => {
        this.#lose(state);
      },
      onBack: () => {
        this.#lost = false;
        for (const watch of this.#watchers) watch('connected');
      },
    });
  }

  request<N extends RequestName>(
    name: N,
    args: Arguments<N>,
    { signal, onProgress }: RequestOptions<N> = {},
  ): Promise<Result<N>> {
    if (this.#lost) return Promise.reject(hostGone(name));
    const number = this.#number++;
    const cancel = (): void => {
      this.#wire.send({ type: 'cancel', number });
    };
    return new Promise<Result<N>>((resolve, reject) => {
      this.#pending.set(number, {
        name,
        resolve: (result) => {
          resolve(result as Result<N>);
        },
        reject,
        onProgress: onProgress && ((progress) => onProgress(progress as Progress<N>)),
      });
      this.#wire.send({ type: 'request', number, name, args });
      if (signal?.aborted) cancel();
      else signal?.addEventListener('abort', cancel, { once: true });
    }).finally(() => signal?.removeEventListener('abort', cancel));
  }

  subscribe<N extends EventName>(name: N, listener: (event: EventOf<N>) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    const typed = (event: unknown): void => {
      listener(event as EventOf<N>);
    };
    listeners.add(typed);
    return () => listeners.delete(typed);
  }

  watchConnection(listener: (state: ConnectionState) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  #take(message: MainMessage): void {
    if (message.type === 'event') {
      for (const listener of this.#listeners.get(message.name) ?? []) listener(message.event);
      return;
    }
    const pending = this.#pending.get(message.number);
    if (message.type === 'progress') {
      pending?.onProgress?.(message.progress);
      return;
    }
    this.#pending.delete(message.number);
    if (message.type === 'result') pending?.resolve(message.result);
    else pending?.reject(new ContractFailure(message.failure));
  }

  #lose(state: ConnectionState): void {
    this.#lost = true;
    for (const { name, reject } of this.#pending.values()) reject(hostGone(name));
    this.#pending.clear();
    for (const watch of this.#watchers) watch(state);
  }
}

function hostGone(request: string): ContractFailure {
  return new ContractFailure({ code: 'host-gone', facts: { request } });
}

/**
 * The one door between screens and handlers. Whatever a host carries in goes through here: the sender is checked, the
 * arguments are parsed, and what goes out (results, progress, failures, events) is parsed as well, so that nothing
 * leaves that is not in the contract. Handlers are reached by no other way.
 */
import { events, requests, type RequestName } from '../../shared/contract.ts';
import { failure as failureSchema, StepwiseError, toFailure, type Failure } from '../../shared/failure.ts';
import { screenMessage, type MainMessage } from '../../shared/messages.ts';
import type { Handlers, RequestContext, Services } from './handlers.ts';

/** A screen, as its host knows it. `Sender` is what the host has with each message to know who sent it. */
export interface Screen<Sender> {
  trusts(sender: Sender): boolean;
  send(message: MainMessage): void;
}

export interface ContractSession<Sender> {
  /** Whatever came from the screen; never throws. */
  receive(message: unknown, sender: Sender): void;
  /** The screen is gone: what it could have cancelled is cancelled, nobody is told anything any more. */
  close(): void;
}

/** What the door tells the log: never contents, only names and what was wrong. */
export type ContractLog = (level: 'error' | 'warn' | 'debug', message: string) => void;

/** A screen asks for a handful of things at a time. */
const MOST_REQUESTS_AT_A_TIME = 64;

export class ContractServer {
  readonly #services: Services;
  readonly #log: ContractLog;
  readonly #sessions = new Set<Session>();
  readonly #unsubscribe: () => void;

  constructor(services: Services, log: ContractLog) {
    this.#services = services;
    this.#log = log;
    this.#unsubscribe = services.subscribe((name, event) => {
      this.#tell(name, event);
    });
  }

  connect<Sender>(screen: Screen<Sender>): ContractSession<Sender> {
    const session = new Session(this.#services.handlers, this.#log, (message) => {
      screen.send(message);
    });
    this.#sessions.add(session);
    return {
      receive: (message, sender) => {
        if (screen.trusts(sender)) session.receive(message);
        else this.#log('warn', 'a message came from somebody who is not the screen');
      },
      close: () => {
        this.#sessions.delete(session);
        session.close();
      },
    };
  }

  close(): void {
    this.#unsubscribe();
    for (const session of this.#sessions) session.close();
    this.#sessions.clear();
  }

  #tell(name: keyof typeof events, event: unknown): void {
    const parsed = events[name].safeParse(event);
    if (!parsed.success) {
      this.#log('error', `the event ${name} is not in the contract: ${parsed.error.message}`);
      return;
    }
    for (const session of this.#sessions) session.send({ type: 'event', name, event: parsed.data });
  }
}

class Session {
  readonly #handlers: Handlers;
  readonly #log: ContractLog;
  readonly #send: (message: MainMessage) => void;
  readonly #underWay = new Map<number, { readonly name: RequestName; readonly abort: AbortController }>();
  #closed = false;

  constructor(handlers: Handlers, log: ContractLog, send: (message: MainMessage) => void) {
    this.#handlers = handlers;
    this.#log = log;
    this.#send = send;
  }

  send(message: MainMessage): void {
    if (!this.#closed) this.#send(message);
  }

  close(): void {
    this.#closed = true;
    for (const number of this.#underWay.keys()) this.#cancel(number);
  }

  receive(message: unknown): void {
    const parsed = screenMessage.safeParse(message);
    if (!parsed.success) this.#log('warn', 'a message is not in the contract');
    else if (parsed.data.type === 'cancel') this.#cancel(parsed.data.number);
    else void this.#answer(parsed.data.number, parsed.data.name, parsed.data.args);
  }

  #cancel(number: number): void {
    const request = this.#underWay.get(number);
    if (request && requests[request.name].cancellable) request.abort.abort();
  }

  async #answer(number: number, name: string, args: unknown): Promise<void> {
    if (this.#underWay.has(number)) {
      this.#log('warn', `the number of ${name} is taken by a request that is under way`);
      return;
    }
    try {
      if (!isRequestName(name)) throw badRequest(name, 'there is no such request');
      if (this.#underWay.size >= MOST_REQUESTS_AT_A_TIME) throw badRequest(name, 'too many at a time');
      const abort = new AbortController();
      this.#underWay.set(number, { name, abort });
      const result = await this.#perform(number, name, args, abort.signal);
      this.#underWay.delete(number);
      this.send({ type: 'result', number, result });
    } catch (error) {
      this.#underWay.delete(number);
      this.#fail(number, name, error);
    }
  }

  async #perform(number: number, name: RequestName, args: unknown, signal: AbortSignal): Promise<unknown> {
    const declaration = requests[name];
    const parsed = declaration.args.safeParse(args);
    if (!parsed.success) throw badRequest(name, parsed.error.issues.map(describeIssue).join('; '));
    const progress = (told: unknown): void => {
      const checked = declaration.progress.safeParse(told);
      if (checked.success) this.send({ type: 'progress', number, progress: checked.data });
      else this.#log('error', `progress of ${name} is not in the contract: ${checked.error.message}`);
    };
    return declaration.result.parse(await invoke(this.#handlers[name], parsed.data, { signal, progress }));
  }

  #fail(number: number, name: string, error: unknown): void {
    const failure = inContract(toFailure(error));
    const told = `${name} failed: ${failure.code} ${JSON.stringify(failure.facts)}`;
    if (failure.code === 'internal')
      this.#log('error', error instanceof Error ? `${told} ${error.stack ?? ''}` : told);
    else this.#log(failure.code === 'bad-request' ? 'warn' : 'debug', told);
    this.send({ type: 'failure', number, failure });
  }
}

/**
 * A handler and the arguments parsed for it belong together; the compiler loses sight of that where both are looked up
 * by the same name.
 */
function invoke(handler: unknown, args: unknown, context: RequestContext<RequestName>): unknown {
  return (handler as (args: unknown, context: RequestContext<RequestName>) => unknown)(args, context);
}

function isRequestName(name: string): name is RequestName {
  return Object.hasOwn(requests, name);
}

function badRequest(request: string, detail: string): StepwiseError {
  return new StepwiseError('bad-request', { request, detail });
}

/** Where and what, without the value: it may be a whole firmware. */
function describeIssue({
  path,
  message,
}: {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}): string {
  return `${path.map(String).join('.') || 'arguments'}: ${message}`;
}

function inContract(failure: Failure): Failure {
  const parsed = failureSchema.safeParse(failure);
  return parsed.success ? parsed.data : toFailure(new Error(`a failure that has no schema: ${failure.code}`));
}

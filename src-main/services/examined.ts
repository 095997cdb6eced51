/** The last answer to each question about each device: what a person had looked at is in the file for support. */
import type { RequestName } from '../../shared/contract.ts';
import type { OptionBytes } from '../../shared/diagnosis.ts';
import type { Handler, Handlers, Parsed, RequestContext } from './handlers.ts';

export interface Examination {
  readonly request: string;
  readonly path: string;
  /** ISO 8601. */
  readonly time: string;
  readonly result: unknown;
}

export class Examined {
  readonly #today: () => string;
  readonly #last = new Map<string, Examination>();

  constructor(today: () => string) {
    this.#today = today;
  }

  get all(): readonly Examination[] {
    return [...this.#last.values()];
  }

  /** As far as they were read, by port. */
  get optionBytes(): ReadonlyMap<string, readonly OptionBytes[]> {
    return new Map(
      this.all.flatMap(({ request, path, result }) =>
        request === 'diagnose.options' ? [[path, result as readonly OptionBytes[]]] : [],
      ),
    );
  }

  /** The same handlers, whose answers about a device are remembered. */
  remembering<H extends Partial<Handlers>>(handlers: H): H {
    const names = Object.keys(handlers) as (RequestName & keyof H)[];
    return Object.fromEntries(
      names.map((name) => [name, this.#remembering(name, handlers[name] as Handler<RequestName>)]),
    ) as unknown as H;
  }

  #remembering(request: RequestName, handler: Handler<RequestName>): Handler<RequestName> {
    return async (args: Parsed<RequestName>, context: RequestContext<RequestName>) => {
      const result = await handler(args, context);
      if ('path' in args) {
        const { path } = args;
        this.#last.set(`${request} ${path}`, { request, path, time: this.#today(), result });
      }
      return result;
    };
  }
}

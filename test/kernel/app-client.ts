import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Arguments, EventName, EventOf, RequestName, Result } from '../../shared/contract.ts';
import type { Device } from '../../shared/device.ts';
import { advance } from '../../shared/job-advance.ts';
import type { Job } from '../../shared/job.ts';
import type { MainMessage } from '../../shared/messages.ts';

type Answer = Extract<MainMessage, { readonly number: number }>;

/** A screen without a screen: comes in by the printed address as a browser does, asks, and makes its picture from events. */
export class AppClient {
  readonly #socket: WebSocket;
  readonly #waiting: ((answer: Answer) => void)[] = [];
  readonly #jobs = new Map<string, Job>();
  #devices: readonly Device[] = [];

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (bytes: Buffer) => this.#hear(JSON.parse(bytes.toString()) as MainMessage));
  }

  /** @param address as the loopback host printed it */
  static async enter(address: string): Promise<AppClient> {
    const { origin, host } = new URL(address);
    const door = await fetch(address, { redirect: 'manual' });
    const [cookie = ''] = (door.headers.get('set-cookie') ?? '').split(';');
    const page = await fetch(origin, { headers: { cookie } });
    const type = page.headers.get('content-type') ?? '';
    if (!page.ok || !type.startsWith('text/html')) throw new Error(`no screens: ${page.status} ${type}`);
    const socket = new WebSocket(`ws://${host}/contract`, { origin, headers: { cookie } });
    const client = new AppClient(socket);
    await once(socket, 'open');
    // What was there before is told to nobody who comes later.
    client.#devices = await client.request('devices.list', {});
    return client;
  }

  async request<N extends RequestName>(name: N, args: Arguments<N>): Promise<Result<N>> {
    const answer = await new Promise<Answer>((resolve) => {
      const number = this.#waiting.push(resolve) - 1;
      this.#socket.send(JSON.stringify({ type: 'request', number, name, args }));
    });
    if (answer.type !== 'result') throw new Error(`${name}: ${JSON.stringify(answer)}`);
    return answer.result as Result<N>;
  }

  /** As told last. */
  device(path: string): Device | undefined {
    return this.#devices.find((device) => device.path === path);
  }

  /** As its events tell. */
  job(id: string): Job | undefined {
    return this.#jobs.get(id);
  }

  leave(): void {
    this.#socket.close();
  }

  #hear(message: MainMessage): void {
    if (message.type !== 'event') return this.#waiting[message.number]?.(message);
    if (isEvent(message, 'devices')) {
      this.#devices = message.event;
    } else if (isEvent(message, 'job-begun')) {
      this.#jobs.set(message.event.id, message.event);
    } else if (isEvent(message, 'job')) {
      const { job: id, events } = message.event;
      const before = this.#jobs.get(id);
      if (before) this.#jobs.set(id, events.reduce(advance, before));
    }
  }
}

function isEvent<N extends EventName>(
  message: { readonly name: string; readonly event: unknown },
  name: N,
): message is { readonly name: N; readonly event: EventOf<N> } {
  return message.name === name;
}

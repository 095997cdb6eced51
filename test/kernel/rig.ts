import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { Worker } from 'node:worker_threads';
import { openLibusbBus } from '../../src-main/usb/libusb/libusb-bus.ts';
import type { UsbBus, UsbDevice, UsbIdentity } from '../../src-main/usb/port.ts';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { attach, CONTROLLER, ports } from './attach.ts';
import type { Hold } from './cable.ts';
import type { Command, News, Wanted } from './served.ts';
import type { Manner } from './stand-in.ts';

/**
 * Both ends of a virtual cable: devices served over USB/IP on one side, the real libusb adapter on the other, and this
 * machine's kernel in between.
 */

/** Everything is slow in a guest without virtualisation. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 20;
/** To look takes a while there, too: so many times as long as it took is nothing looked at. */
const PAUSE_PER_LOOK = 4;
const TEST_LIMIT_MS = 600_000;

/** A device as it is plugged in here. */
export interface Plugged {
  /** Its side on the host, as libusb lists it. */
  readonly device: UsbDevice;
  /** What the device says of itself. */
  readonly identity: UsbIdentity;
  /** Of the virtual host controller. */
  readonly port: number;
  /** Where the server has it. */
  readonly servedPath: string;
}

interface Asked {
  readonly type: News['type'];
  readonly path: string;
  answer: News | undefined;
}

function isOfType<T extends News['type']>(
  news: News | undefined,
  type: T,
): news is Extract<News, { type: T }> {
  return news?.type === type;
}

/** The thread that serves; it is there for all tests. */
class ServedSide {
  readonly #worker = new Worker(new URL('./served.js', import.meta.url));
  readonly #news: News[] = [];
  /** What is waited for as an answer; it is not kept as news. */
  readonly #asked = new Set<Asked>();

  constructor() {
    this.#worker.on('message', (news: News) => this.#hear(news));
    this.#worker.unref();
  }

  send(command: Command): void {
    this.#worker.postMessage(command);
  }

  /** The first news of this type, however long it has been there. */
  hears<T extends News['type']>(type: T, path?: string): Promise<Extract<News, { type: T }>> {
    return eventually(`the device's side says ${type}`, () =>
      this.#news.find(
        (news): news is Extract<News, { type: T }> =>
          news.type === type && (path === undefined || ('path' in news && news.path === path)),
      ),
    );
  }

  /** The next news of this type about the device, after a command. */
  async ask<T extends News['type']>(command: Command, type: T): Promise<Extract<News, { type: T }>> {
    const asked: Asked = { type, path: command.path, answer: undefined };
    this.#asked.add(asked);
    this.send(command);
    return eventually(`the device's side answers with ${type}`, () =>
      isOfType(asked.answer, type) ? asked.answer : undefined,
    ).finally(() => this.#asked.delete(asked));
  }

  #hear(news: News): void {
    for (const asked of this.#asked) {
      if (asked.type !== news.type || !('path' in news) || news.path !== asked.path) continue;
      asked.answer = news;
      this.#asked.delete(asked);
      return;
    }
    this.#news.push(news);
  }

  count(type: News['type'], path: string): number {
    return this.#news.filter((news) => news.type === type && 'path' in news && news.path === path).length;
  }
}

const servedSide = new ServedSide();
let pathsUsed = 0;

export class Rig {
  readonly bus: UsbBus;
  readonly #served = new Set<string>();
  readonly #hostPaths = new Set<string>();

  constructor(bus: UsbBus) {
    this.bus = bus;
  }

  /** Leaves nothing to the next test: libusb too has forgotten the devices. */
  async stop(): Promise<void> {
    await this.bus.close();
    for (const path of this.#served) servedSide.send({ type: 'vanish', path });
    await eventually('nothing is listed', async () => {
      const listed = await this.bus.list();
      return listed.every(({ path }) => !this.#hostPaths.has(path)) || undefined;
    });
    await eventually('every port is free again', () => ports().every(({ isFree }) => isFree) || undefined);
  }

  /** Makes a device and plugs it in; resolves when libusb lists it. */
  async plug(wanted: Wanted): Promise<Plugged> {
    const path = `1-${++pathsUsed}`;
    servedSide.send({ type: 'serve', path, wanted });
    const { identity } = await servedSide.hears('serving', path);
    this.#served.add(path);
    return this.replug(path, identity);
  }

  /** Plugs a device in that is served already: where the one it replaces was, as soon as that is gone. */
  async replug(servedPath: string, identity: UsbIdentity, instead?: Plugged): Promise<Plugged> {
    const { port: serverPort } = await servedSide.hears('listening');
    if (instead) await this.#isGone(instead);
    // One that has just left the same port may still be listed.
    const before = await this.bus.list();
    const port = await attach(serverPort, servedPath, instead?.port);
    const path = hostPath(port);
    this.#hostPaths.add(path);
    const device = await eventually(`${path} is listed`, async () =>
      (await this.bus.list()).find((listed) => listed.path === path && !before.includes(listed)),
    );
    return { device, identity, port, servedPath };
  }

  /** A bootloader loses its power, whether it is plugged in or not, and is plugged in again. */
  async powerCycle(plugged: Plugged): Promise<Plugged> {
    const { servedPath, identity } = plugged;
    await servedSide.ask({ type: 'replug', path: servedPath }, 'attached');
    return this.replug(servedPath, identity, plugged);
  }

  /** Has a bootloader stop in the middle of a transfer, counted from now; resolves when it has. */
  async holds({ servedPath }: Plugged, hold: Hold): Promise<void> {
    await servedSide.ask({ type: 'hold', path: servedPath, hold }, 'holding');
  }

  async #isGone({ device, port }: Plugged): Promise<void> {
    await eventually('the port is free again', async () => {
      const listed = (await this.bus.list()).includes(device);
      const isFree = ports().some((each) => each.number === port && each.isFree);
      return (!listed && isFree) || undefined;
    });
  }

  /** A device with these manners for its first class requests, open and claimed. */
  async openStandIn(...manners: readonly Manner[]): Promise<Plugged> {
    const plugged = await this.plug({ kind: 'stand-in', manners });
    await plugged.device.open();
    await plugged.device.claim(0);
    return plugged;
  }

  /** Resolves when the device holds a request. */
  async isHolding({ servedPath }: Plugged): Promise<void> {
    await servedSide.hears('holding', servedPath);
  }

  /** Resolves when the host has given up on so many requests of the device. */
  async hasAbandoned({ servedPath }: Plugged, requests: number): Promise<void> {
    await eventually(
      `${requests} requests are given up`,
      () => servedSide.count('abandoned', servedPath) === requests || undefined,
    );
  }

  /** What the flash of a virtual bootloader holds, and what was done to it against its rules, seen from inside. */
  async contents({ servedPath }: Plugged, address: number, length: number) {
    return servedSide.ask({ type: 'peek', path: servedPath, address, length }, 'contents');
  }

  /** What a measured device was asked since it was last looked at. */
  async transfers({ servedPath }: Plugged) {
    return (await servedSide.ask({ type: 'look', path: servedPath }, 'seen')).transfers;
  }

  /** The device is suddenly not there any more. */
  vanish({ servedPath }: Plugged): void {
    servedSide.send({ type: 'vanish', path: servedPath });
  }
}

/** The host's own way to unplug. */
export function unplug({ port }: Plugged): void {
  writeFileSync(join(CONTROLLER, 'detach'), String(port));
}

/** `BUS-PORT`, as libusb names what is in a port of the controller. */
function hostPath(port: number): string {
  const hub = readdirSync(CONTROLLER).find(
    (entry) =>
      /^usb\d+$/.test(entry) && readFileSync(join(CONTROLLER, entry, 'speed'), 'utf8').trim() === '480',
  );
  if (!hub) throw new Error('the controller has no hub for full speed');
  return `${hub.slice('usb'.length)}-${port + 1}`;
}

/** Waits until `look` finds something, however slow this machine is, but not for ever. */
export async function eventually<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const begin = performance.now();
    const found = await look();
    if (found !== undefined) return found;
    const now = performance.now();
    if (now > end) throw new Error(`not within ${PATIENCE_MS} ms: ${what}`);
    await systemClock.sleep(Math.max(PAUSE_MS, PAUSE_PER_LOOK * (now - begin)));
  }
}

/** One test with a rig of its own; the tests run one after the other. */
export function kernelTest(name: string, body: (rig: Rig) => Promise<void>): Promise<void> {
  return test(name, { timeout: TEST_LIMIT_MS }, async () => {
    const rig = new Rig(await openLibusbBus({ clock: systemClock }));
    try {
      await body(rig);
    } finally {
      await rig.stop();
    }
  });
}

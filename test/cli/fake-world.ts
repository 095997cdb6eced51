/** Everything around the command line, made of values: a terminal that remembers, virtual devices, virtual time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Computer } from '../../src-main/diagnostics/host/computer.ts';
import { DemoComputer } from '../../src-main/hosts/demo-computer.ts';
import { nodeNetwork } from '../../src-main/hosts/network.ts';
import { main } from '../../src-main/hosts/cli/main.ts';
import type { Output, StopSignal, Surroundings, Terminal } from '../../src-main/hosts/cli/surroundings.ts';
import type { UsbBus } from '../../src-main/usb/port.ts';
import { createVirtualDevice } from '../../src-main/virtual/catalogue/index.ts';
import { VirtualClock } from '../../src-main/virtual/clocks.ts';
import { VirtualBus } from '../../src-main/virtual/virtual-bus.ts';
import type { VirtualDevice, VirtualDeviceOptions } from '../../src-main/virtual/virtual-device.ts';

export class FakeOutput implements Output {
  text = '';
  isTTY = false;
  columns = 80;
  rows = 24;
  /** Called after each piece of text: tests act on what is said. */
  onWrite: (text: string) => void = () => undefined;

  write(text: string): void {
    this.text += text;
    this.onWrite(text);
  }

  get lines(): string[] {
    return this.text.split('\n').slice(0, -1);
  }
}

export class FakeTerminal implements Terminal {
  readonly out = new FakeOutput();
  readonly err = new FakeOutput();
  canAsk = false;
  /** What is answered, one after the other; nothing more is the end of the input. */
  readonly answers: string[] = [];
  readonly asked: string[] = [];
  readonly exits: number[] = [];
  /** How many callers want the program to stay. */
  staying = 0;
  readonly #stopListeners = new Set<(signal: StopSignal) => void>();
  readonly #readerListeners = new Set<() => void>();

  ask(question: string, signal: AbortSignal): Promise<string | undefined> {
    this.asked.push(question);
    return Promise.resolve(signal.aborted ? undefined : this.answers.shift());
  }

  askHidden(question: string, signal: AbortSignal): Promise<string | undefined> {
    return this.ask(question, signal);
  }

  onStop(listener: (signal: StopSignal) => void): () => void {
    this.#stopListeners.add(listener);
    return () => this.#stopListeners.delete(listener);
  }

  onReaderGone(listener: () => void): () => void {
    this.#readerListeners.add(listener);
    return () => this.#readerListeners.delete(listener);
  }

  stayAlive(): () => void {
    this.staying += 1;
    return () => (this.staying -= 1);
  }

  exit(code: number): void {
    this.exits.push(code);
  }

  stop(signal: StopSignal = 'SIGINT'): void {
    for (const listener of [...this.#stopListeners]) listener(signal);
  }

  closeReader(): void {
    for (const listener of [...this.#readerListeners]) listener();
  }

  get isListening(): boolean {
    return this.#stopListeners.size > 0;
  }
}

export class FakeWorld {
  readonly clock = new VirtualClock();
  readonly folder = mkdtempSync(join(tmpdir(), 'stepwise-cli-'));
  readonly stateFolder = join(this.folder, 'state');
  readonly devices: VirtualDevice[] = [];
  readonly bus: VirtualBus;
  terminal = new FakeTerminal();
  environment: Record<string, string> = { LANG: 'C.UTF-8', STEPWISE_STATE: this.stateFolder };
  platform: NodeJS.Platform = 'linux';
  openBus: () => Promise<UsbBus>;
  /** Tells nothing, if no other one is given. */
  computer: Computer | undefined;

  constructor(
    ...devices: readonly (readonly [name: string, options?: Omit<VirtualDeviceOptions, 'clock'>])[]
  ) {
    this.devices = devices.map(([name, options]) =>
      createVirtualDevice(name, { ...options, clock: this.clock }),
    );
    this.bus = new VirtualBus(this.clock, this.devices);
    this.openBus = () => Promise.resolve(unclosed(this.bus));
  }

  get device(): VirtualDevice {
    const [device] = this.devices;
    if (!device) throw new Error('this world has no device');
    return device;
  }

  get surroundings(): Surroundings {
    return {
      terminal: this.terminal,
      environment: this.environment,
      platform: this.platform,
      homeFolder: join(this.folder, 'home'),
      resourcesFolder: '/opt/stepwise/resources',
      version: '1.2.3',
      clock: this.clock,
      today: () => '2026-01-02T03:04:05.000Z',
      network: nodeNetwork,
      computer: this.computer ?? new DemoComputer(this.platform),
      openBus: () => this.openBus(),
    };
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Runs a command line. What an earlier one wrote stays in {@link terminal} unless it is replaced. */
  run(...args: readonly string[]): Promise<number> {
    return main(args, this.surroundings);
  }

  /** As if a person sat in front of it. */
  inTerminal(...answers: readonly string[]): this {
    this.terminal.canAsk = true;
    this.terminal.out.isTTY = true;
    this.terminal.err.isTTY = true;
    this.terminal.answers.push(...answers);
    return this;
  }

  /** A blank terminal for the next command. */
  clear(): void {
    this.terminal = new FakeTerminal();
  }

  get json(): unknown {
    return JSON.parse(this.terminal.out.text) as unknown;
  }

  get jsonLines(): Record<string, unknown>[] {
    return this.terminal.out.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** Lets everything run until `condition` holds: files take real time, whatever the clock says. */
  async until(condition: () => boolean): Promise<void> {
    for (let turn = 0; turn < 100_000 && !condition(); turn++)
      await new Promise((resolve) => setImmediate(resolve));
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The devices of a test outlive the command: what closes the bus is the program, not the hand that unplugs. */
function unclosed(bus: VirtualBus): UsbBus {
  return {
    list: () => bus.list(),
    subscribe: (listener) => bus.subscribe(listener),
    close: () => Promise.resolve(),
  };
}

import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { UsbipClient } from '../../../../test/usb/usbip-client.ts';
import { namedFaults } from '../../../virtual/named-faults.ts';
import { createProgram } from '../program.ts';

let world = new FakeWorld();
const hosts: UsbipClient[] = [];
afterEach(() => {
  for (const { socket } of hosts.splice(0)) socket.destroy();
  world.dispose();
});

const flat = (text: string) => text.replace(/\s+/g, ' ');
const GET_STATUS = [0xa1, 3, 0, 0, 0, 0, 6, 0];
const SEND_ERASE = [0x21, 1, 0, 0, 0, 0, 5, 0];
const ERASE_FIRST_SECTOR = [0x41, 0, 0, 0, 8];

/** Serves at a port that is free, until the test has it stopped. */
async function serving(...args: readonly string[]) {
  world = new FakeWorld();
  const ended = world.run('virtual', 'serve', ...args, '--port', '0', '--json');
  await world.until(() => world.terminal.out.text.includes('"serving"'));
  const port = Number(world.jsonLines[0]?.['port']);
  return { ended, port };
}

async function attach(port: number, busId: string): Promise<UsbipClient> {
  const host = new UsbipClient(port);
  hosts.push(host);
  expect((await host.import(busId)).status).toBe(0);
  return host;
}

const happened = (...types: string[]) =>
  expect.poll(() => world.jsonLines.map(({ type }) => type)).toEqual(types);

describe('virtual serve', () => {
  it('says what it serves and how that is attached, and ends well', async () => {
    world = new FakeWorld();
    const ended = world.run('virtual', 'serve', 'f405', 'l072', '--port', '0', '--fault', 'erase-refused');
    await world.until(() => world.terminal.err.text.includes('Ctrl-C'));
    expect(world.terminal.staying).toBe(1);
    const { text } = world.terminal.out;
    const port = /port (\d+)/.exec(text)?.[1] ?? '';
    expect(flat(text)).toContain('1-2 l072: STM32L072, 192 KB');
    expect(flat(text)).toContain('erase-refused: the first erase is refused');
    expect(text).toContain('    sudo modprobe vhci-hcd\n');
    expect(text).toContain(`    sudo usbip --tcp-port ${port} attach -r 127.0.0.1 -b 1-2\n`);
    world.terminal.stop();
    expect(await ended).toBe(0);
    expect(world.terminal.exits).toEqual([0]);
    expect(world.terminal.staying).toBe(0);
    expect(world.terminal.isListening).toBe(false);
    const refused = new UsbipClient(Number(port));
    expect(await refused.ended()).toBe(true);
  });

  it('serves a bootloader that answers, and tells who attaches and detaches', async () => {
    const { ended, port } = await serving('u575', 'h743-v-0x90');
    expect(world.jsonLines[0]).toMatchObject({
      type: 'serving',
      host: '127.0.0.1',
      devices: [
        { path: '1-1', name: 'u575', usb: '0483:DF11' },
        { path: '1-2', name: 'h743-v-0x90', usb: '0483:DF11' },
      ],
      faults: [],
    });
    const host = await attach(port, '1-2');
    expect((await host.read(GET_STATUS))[4]).toBe(2);
    host.socket.destroy();
    await happened('serving', 'attached', 'detached');
    expect(world.jsonLines[2]).toEqual({ type: 'detached', device: '1-2' });
    world.terminal.closeReader();
    expect(await ended).toBe(0);
  });

  it('lets happen what is asked for, and tells of it in words', async () => {
    world = new FakeWorld();
    const ended = world.run('virtual', 'serve', 'u575', '--port', '0', '--fault', 'unplugged-while-erasing');
    await world.until(() => world.terminal.err.text.includes('Ctrl-C'));
    const host = await attach(Number(/port (\d+)/.exec(world.terminal.out.text)?.[1]), '1-1');
    host.submit(SEND_ERASE, { data: ERASE_FIRST_SECTOR });
    const told = () => world.terminal.out.lines.slice(-5);
    await expect
      .poll(told)
      .toEqual([
        '1-1  attached',
        '1-1  fault strikes: unplugged-while-erasing',
        '1-1  left the bus',
        '1-1  does not come back by itself: unplugged, and plugged in again',
        '1-1  is back, and can be attached again (USB 0483:DF11)',
      ]);
    world.terminal.stop();
    expect(await ended).toBe(0);
  });

  it('serves in its own time', async () => {
    const { ended } = await serving('f405', '--speed', '1000');
    world.terminal.stop();
    expect(await ended).toBe(0);
  });

  it('names a port that another program has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    world = new FakeWorld();
    expect(await world.run('virtual', 'serve', 'f405', '--port', String(port))).toBe(2);
    expect(flat(world.terminal.err.text)).toContain(
      `Port ${port} is in use by another program. --port takes another one.`,
    );
    other.close();
  });

  it.each([
    [['serve'], "Missing required argument 'name'."],
    [['serve', 'f999'], 'There is no virtual device f999.'],
    [
      ['serve', 'f405', '--fault', 'bad-luck'],
      `There is no fault bad-luck. There are: ${[...namedFaults.keys()].join(', ')}.`,
    ],
    [['serve', 'f405', '--port', '65536'], 'A TCP port is a number from 0 to 65535'],
    [['serve', 'f405', '--speed', '0'], 'A speed is a number above 0'],
    [['serve', 'f405', '--host', '0.0.0.0'], "Unknown option '--host'."],
  ])('%j is told with the reason', async (args, problem) => {
    world = new FakeWorld();
    expect(await world.run('virtual', ...args)).toBe(2);
    expect(flat(world.terminal.err.text)).toContain(problem);
  });

  it('says on other systems that they lack the other end', async () => {
    world = new FakeWorld();
    world.platform = 'darwin';
    const ended = world.run('virtual', 'serve', 'f405', '--port', '0');
    await world.until(() => world.terminal.err.text.includes('Ctrl-C'));
    expect(flat(world.terminal.err.text)).toContain('part of Linux');
    world.terminal.stop();
    await ended;
  });

  it('has help with examples, in lines that fit', async () => {
    world = new FakeWorld();
    expect(await world.run('virtual', 'serve', '--help')).toBe(0);
    expect(world.terminal.out.text).toMatch(/Examples:\n {2}stepwise virtual serve f405/);
    expect(Math.max(...world.terminal.out.lines.map((line) => line.length))).toBeLessThan(80);
  });

  it('is in docs/cli.md with every option, and its faults in docs/virtual-devices.md', () => {
    world = new FakeWorld();
    const nothing = () => Promise.resolve();
    const virtual = createProgram(world.surroundings, nothing, nothing).commands.find(
      (each) => each.name() === 'virtual',
    );
    const docs = (name: string) => readFileSync(new URL(`../../../../docs/${name}`, import.meta.url), 'utf8');
    const options =
      virtual?.commands.flatMap((command) => command.options.map(({ long }) => long ?? '')) ?? [];
    expect(options).toHaveLength(3);
    for (const each of ['`virtual serve', ...options]) expect(docs('cli.md')).toContain(each);
    for (const name of namedFaults.keys()) expect(docs('virtual-devices.md')).toContain(`\`${name}\``);
  });
});

describe('virtual', () => {
  it('also lists the faults', async () => {
    world = new FakeWorld();
    expect(await world.run('virtual')).toBe(0);
    expect(world.terminal.out.text).toMatch(/^stuck-until-reset +the first erase never reports its end/m);
    world.clear();
    await world.run('virtual', '--json');
    expect(world.json).toMatchObject({
      faults: expect.arrayContaining([expect.objectContaining({ name: 'erase-refused' })]) as unknown,
    });
  });
});

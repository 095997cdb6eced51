import { once } from 'node:events';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeBus, FakeClock, FakeDevice } from '../../../test/usb/fake-bus.ts';
import { UsbipClient } from '../../../test/usb/usbip-client.ts';
import { UsbError } from '../../usb/port.ts';
import type { ControlSetup } from '../../usb/port.ts';
import { UsbipServer } from './server.ts';

const LIST = '0111800500000000';
const EPIPE = -32;
const EPROTO = -71;
const ECONNRESET = -104;
const ETIMEDOUT = -110;

const GET_STATUS = [0xa1, 3, 0, 0, 0, 0, 6, 0];
const DNLOAD = [0x21, 1, 2, 0, 0, 0, 3, 0];

/** Holds each transfer until the test, or the signal if it listens to that, ends it. */
class HoldingDevice extends FakeDevice {
  heedsSignal = true;
  readonly held: ((end: UsbError | Uint8Array) => void)[] = [];
  #onHeld: () => void = () => undefined;

  override controlIn(_: ControlSetup, __: number, ___?: number, signal?: AbortSignal): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      const end = (ended: UsbError | Uint8Array) =>
        ended instanceof UsbError ? reject(ended) : resolve(ended);
      this.held.push(end);
      if (this.heedsSignal) signal?.addEventListener('abort', () => end(new UsbError('timeout', 'test')));
      this.#onHeld();
    });
  }

  async holds(count: number): Promise<void> {
    while (this.held.length < count) await new Promise<void>((resolve) => (this.#onHeld = resolve));
  }
}

describe('the USB/IP server', () => {
  let bus: FakeBus;
  let server: UsbipServer;
  let port: number;
  let told: string[];
  let clients: UsbipClient[];
  const clock = new FakeClock();
  const client = () => {
    const made = new UsbipClient(port);
    clients.push(made);
    return made;
  };
  const imported = async (path = '1-2.4') => {
    const made = client();
    expect(await made.import(path)).toMatchObject({ status: 0 });
    return made;
  };

  beforeEach(async () => {
    bus = new FakeBus();
    told = [];
    server = new UsbipServer(bus, ({ type, device }) => told.push(`${type} ${device.path}`));
    ({ port } = await server.listen(0));
    clients = [];
  });
  afterEach(async () => {
    for (const { socket } of clients) socket.destroy();
    await server.close();
  });

  it('lists the devices of the bus', async () => {
    bus.devices.push(new FakeDevice(clock, '1-1', 5), new FakeDevice(clock, '2-1.3', 6));
    const host = client();
    host.send(LIST);
    const reply = await host.take(12 + 2 * 312);
    expect(reply.toString('hex', 0, 12)).toBe('011100050000000000000002');
    const second = reply.subarray(12 + 312);
    expect(second.toString('latin1', 256, 262)).toBe('2-1.3\0');
    expect(second.toString('hex', 288, 312)).toBe(
      '00000002' + '00000006' + '00000002' + '0483' + 'df11' + '2200' + '000000' + '010100',
    );
    expect(await host.ended()).toBe(true);
  });

  it('opens and resets a device that is imported, and answers with exactly 320 bytes', async () => {
    const device = new FakeDevice(clock);
    bus.devices.push(device);
    const host = client();
    const { device: described } = await host.import('1-2.4');
    expect(described?.toString('latin1', 256, 262)).toBe('1-2.4\0');
    await host.write(DNLOAD, [1, 2, 3]);
    device.willAnswer(Uint8Array.of(9));
    expect(await host.read(GET_STATUS)).toEqual([9]);
    expect(device.calls.slice(0, 3)).toEqual(['open', 'reset', 'claim 0']);
  });

  it('refuses a device that is not there, that is taken, or that does not open', async () => {
    const broken = new FakeDevice(clock, '1-3');
    broken.willAnswer('no-permission');
    bus.devices.push(new FakeDevice(clock), broken);
    await imported();
    expect((await client().import('1-9')).status).toBe(4);
    expect((await client().import('1-2.4')).status).toBe(2);
    expect((await client().import('1-3')).status).toBe(3);
    expect((await client().import('1-3')).status).toBe(0);
  });

  it('frees a device when its host ends the connection', async () => {
    const device = new FakeDevice(clock);
    bus.devices.push(device);
    const host = await imported();
    host.socket.end();
    await once(host.socket, 'close');
    await expect.poll(() => device.calls.at(-1)).toBe('close');
    await imported();
  });

  it('tells who is taken and who is free again', async () => {
    const device = new FakeDevice(clock);
    bus.devices.push(device);
    const host = await imported();
    expect(told).toEqual(['imported 1-2.4']);
    host.socket.end();
    await expect.poll(() => told).toEqual(['imported 1-2.4', 'released 1-2.4']);
  });

  it('tells nothing of a device that did not open', async () => {
    const device = new FakeDevice(clock);
    device.willAnswer('no-permission');
    bus.devices.push(device);
    expect((await client().import('1-2.4')).status).toBe(3);
    expect(told).toEqual([]);
  });

  it('holds the import of a device that is on its way back until it is there, under its new address', async () => {
    const [before, after] = [new FakeDevice(clock, '1-2.4', 5), new FakeDevice(clock, '1-2.4', 6)];
    bus.devices.push(before);
    const host = await imported();
    bus.detach(before);
    expect(await host.ended()).toBe(true);
    const again = client().import('1-2.4');
    await expect.poll(() => bus.subscribers).toBe(2);
    bus.attach(after);
    expect((await again).device?.readUInt32BE(292)).toBe(6);
    expect(bus.subscribers).toBe(1);
  });

  it('gives a device that was replugged to the next one when the one before has let go of it', async () => {
    let letGo: () => void = () => undefined;
    class Clinging extends FakeDevice {
      override async close(): Promise<void> {
        await super.close();
        await new Promise<void>((resolve) => (letGo = resolve));
      }
    }
    const device = new Clinging(clock);
    bus.devices.push(device);
    const host = await imported();
    bus.detach(device);
    bus.attach(device);
    expect(await host.ended()).toBe(true);
    await expect.poll(() => device.calls.at(-1)).toBe('close');
    const looked = vi.spyOn(bus, 'list');
    const again = client().import('1-2.4');
    await expect.poll(() => looked.mock.settledResults.length).toBe(1);
    letGo();
    expect((await again).status).toBe(0);
    expect(told).toEqual(['imported 1-2.4', 'released 1-2.4', 'imported 1-2.4']);
    device.close = () => Promise.resolve();
  });

  it('waits for the return of a device that is listed still and gone already', async () => {
    const [before, after] = [new FakeDevice(clock, '1-2.4', 5), new FakeDevice(clock, '1-2.4', 6)];
    bus.devices.push(before);
    const host = await imported();
    host.socket.end();
    await expect.poll(() => told.at(-1)).toBe('released 1-2.4');
    before.willAnswer('gone');
    const again = client().import('1-2.4');
    await expect.poll(() => bus.subscribers).toBe(2);
    bus.detach(before);
    bus.attach(after);
    expect((await again).device?.readUInt32BE(292)).toBe(6);
  });

  it('does not wait for a device whose host has stopped waiting', async () => {
    const device = new FakeDevice(clock);
    bus.devices.push(device);
    await imported();
    bus.detach(device);
    const host = client();
    void host.import('1-2.4').catch(() => undefined);
    await expect.poll(() => bus.subscribers).toBe(2);
    host.socket.destroy();
    await expect.poll(() => bus.subscribers).toBe(1);
  });

  it('passes data out and in', async () => {
    const device = new FakeDevice(clock);
    bus.devices.push(device);
    const host = await imported();
    host.submit(DNLOAD, { data: [7, 8, 9] });
    expect(await host.answer()).toEqual({ command: 3, sequence: 1, status: 0, length: 3 });
    expect(device.sent).toEqual([Uint8Array.of(7, 8, 9)]);
    device.willAnswer(Uint8Array.of(1, 2));
    expect(await host.read(GET_STATUS)).toEqual([1, 2]);
  });

  it.each([
    ['stall', EPIPE],
    ['timeout', ETIMEDOUT],
    ['io', EPROTO],
    ['busy', EPROTO],
  ] as const)('answers %s with status %i and goes on', async (failure, status) => {
    const device = new FakeDevice(clock);
    bus.devices.push(device);
    const host = await imported();
    expect(await host.write(DNLOAD, [1, 2, 3])).toBe(0);
    device.willAnswer(failure, Uint8Array.of(5));
    host.submit(GET_STATUS);
    expect(await host.answer()).toMatchObject({ status, length: 0 });
    expect(await host.read(GET_STATUS)).toEqual([5]);
  });

  it('ends the connection when the device is gone', async () => {
    const device = new FakeDevice(clock);
    bus.devices.push(device);
    const host = await imported();
    device.willAnswer('gone');
    host.submit([0x80, 6, 0, 1, 0, 0, 18, 0]);
    expect(await host.ended()).toBe(true);
  });

  it('ends the connection when the device leaves the bus, also in mid-transfer', async () => {
    const device = new HoldingDevice(clock);
    bus.devices.push(device);
    const host = await imported();
    host.submit(GET_STATUS);
    await device.holds(1);
    bus.detach(device);
    expect(await host.ended()).toBe(true);
  });

  it.each([
    ['heeds its signal', true],
    ['does not', false],
  ])('gives a transfer back at once when it is unlinked and the device %s', async (_, heedsSignal) => {
    const device = new HoldingDevice(clock);
    device.heedsSignal = heedsSignal;
    bus.devices.push(device);
    const host = await imported();
    const held = host.submit(GET_STATUS);
    await device.holds(1);
    const unlink = host.unlink(held);
    expect(await host.answer()).toMatchObject({ command: 4, sequence: unlink, status: ECONNRESET });
    const next = host.submit(GET_STATUS);
    device.held[0]?.(new UsbError('timeout', 'late'));
    await device.holds(2);
    device.held[1]?.(Uint8Array.of(4));
    expect(await host.answer()).toMatchObject({ command: 3, sequence: next, status: 0, length: 1 });
  });

  it('never asks the device for what was unlinked while it waited in line', async () => {
    const device = new HoldingDevice(clock);
    bus.devices.push(device);
    const host = await imported();
    const first = host.submit(GET_STATUS);
    const second = host.submit(GET_STATUS);
    await device.holds(1);
    host.unlink(second);
    expect(await host.answer()).toMatchObject({ command: 4, status: ECONNRESET });
    device.held[0]?.(Uint8Array.of(1));
    expect(await host.answer()).toMatchObject({ command: 3, sequence: first });
    expect(device.held).toHaveLength(1);
  });

  it('says so when what is to be unlinked has been answered', async () => {
    bus.devices.push(new FakeDevice(clock));
    const host = await imported();
    await host.write(DNLOAD, [1, 2, 3]);
    host.unlink(1);
    expect(await host.answer()).toMatchObject({ command: 4, status: 0 });
  });

  it('selects alternate settings by the word of the port, and keeps from the device what concerns the bus', async () => {
    const device = new FakeDevice(clock);
    bus.devices.push(device);
    const host = await imported();
    const SET_CONFIGURATION = [0x00, 9, 1, 0, 0, 0, 0, 0];
    const SET_ADDRESS = [0x00, 5, 7, 0, 0, 0, 0, 0];
    const SET_INTERFACE = [0x01, 11, 1, 0, 0, 0, 0, 0];
    expect(await host.write(SET_CONFIGURATION)).toBe(0);
    expect(await host.write(SET_ADDRESS)).toBe(0);
    expect(await host.write(SET_INTERFACE)).toBe(0);
    expect(device.calls).toEqual(['open', 'reset', 'claim 0', 'select 0 1']);
    device.willAnswer('io');
    expect(await host.write(SET_INTERFACE)).toBe(EPIPE);
    device.willAnswer('timeout');
    expect(await host.write(SET_INTERFACE)).toBe(ETIMEDOUT);
  });

  it('takes a host that configures it once more for one that has reset it', async () => {
    const device = new FakeDevice(clock);
    bus.devices.push(device);
    const host = await imported();
    const SET_CONFIGURATION = [0x00, 9, 1, 0, 0, 0, 0, 0];
    expect(await host.write(SET_CONFIGURATION)).toBe(0);
    expect(device.calls).toEqual(['open', 'reset']);
    expect(await host.write(SET_CONFIGURATION)).toBe(0);
    expect(device.calls).toEqual(['open', 'reset', 'reset']);
  });

  it('refuses every endpoint but 0', async () => {
    bus.devices.push(new FakeDevice(clock));
    const host = await imported();
    host.submit([0, 0, 0, 0, 0, 0, 0, 0], { endpoint: 1, data: [1, 2] });
    expect(await host.answer()).toMatchObject({ status: EPIPE });
  });

  it('carries two devices side by side', async () => {
    const [one, two] = [new HoldingDevice(clock, '1-1'), new FakeDevice(clock, '1-2')];
    bus.devices.push(one, two);
    const [first, second] = [await imported('1-1'), await imported('1-2')];
    first.submit(GET_STATUS);
    await one.holds(1);
    expect(await second.write(DNLOAD, [1, 2, 3])).toBe(0);
    two.willAnswer(Uint8Array.of(2));
    expect(await second.read(GET_STATUS)).toEqual([2]);
    one.held[0]?.(Uint8Array.of(1));
    expect(await first.answer()).toMatchObject({ status: 0, length: 1 });
  });

  it.each<[string, string]>([
    ['another version', '0106800500000000'],
    ['another operation', '0111999900000000'],
    ['something else altogether', Buffer.from('GET / HTTP/1.1\r\n\r\n').toString('hex')],
  ])('ends a connection that begins with %s, and serves the next', async (_, bytes) => {
    bus.devices.push(new FakeDevice(clock));
    const hostile = client();
    hostile.send(bytes);
    expect(await hostile.ended()).toBe(true);
    await imported();
  });

  it.each<[string, (host: UsbipClient) => void]>([
    ['sends an unknown command', (host) => host.send(Buffer.alloc(48, 0xff))],
    [
      'asks for more than a control transfer holds',
      (host) => void host.submit(GET_STATUS, { length: 0x10000 }),
    ],
    ['asks for less than nothing', (host) => void host.submit(GET_STATUS, { length: -1 })],
    ['breaks off within a command', (host) => host.socket.end(Buffer.alloc(20))],
    ['breaks off within its data', (host) => host.socket.end(Buffer.from('00000001', 'hex'))],
    ['submits without end', (host) => Array.from({ length: 70 }, () => host.submit(GET_STATUS))],
  ])('ends the connection of a host that %s, and that one only', async (_, misbehave) => {
    const [one, two] = [new HoldingDevice(clock, '1-1'), new FakeDevice(clock, '1-2')];
    bus.devices.push(one, two);
    const [bad, good] = [await imported('1-1'), await imported('1-2')];
    misbehave(bad);
    expect(await bad.ended()).toBe(true);
    expect(await good.write(DNLOAD, [1, 2, 3])).toBe(0);
    await imported('1-1');
  });

  it('outlives any bytes, before and after an import', async () => {
    bus.devices.push(new FakeDevice(clock));
    await fc.assert(
      fc.asyncProperty(fc.boolean(), fc.uint8Array({ maxLength: 200 }), async (afterImport, bytes) => {
        const host = client();
        if (afterImport) await host.import('1-2.4');
        host.socket.end(bytes);
        host.socket.resume();
        await once(host.socket, 'close');
      }),
      { numRuns: 50 },
    );
    await expect.poll(async () => (await client().import('1-2.4')).status).toBe(0);
  });

  it('frees everything when it is closed', async () => {
    const device = new HoldingDevice(clock);
    bus.devices.push(device);
    const host = await imported();
    host.submit(GET_STATUS);
    await device.holds(1);
    await server.close();
    expect(device.calls.at(-1)).toBe('close');
    expect(bus.subscribers).toBe(0);
    expect(await host.ended()).toBe(true);
  });

  it('says why it cannot listen', async () => {
    await expect(new UsbipServer(bus).listen(port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });
});

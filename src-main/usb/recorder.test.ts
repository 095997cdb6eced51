import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeBus, FakeClock, FakeDevice } from '../../test/usb/fake-bus.ts';
import type { UsbDevice, UsbEvent } from './port.ts';
import { RecordedBus } from './recorder.ts';
import { recordingFile } from './recording-file.ts';

const GET_STATUS = { requestType: 0xa1, request: 3, value: 0, index: 0 };
const DNLOAD = { requestType: 0x21, request: 1, value: 2, index: 0 };

describe('the recorder', () => {
  let clock: FakeClock;
  let inner: FakeBus;
  let bus: RecordedBus;
  let lines: string[];
  const sink = { write: (line: string) => lines.push(line), close: () => Promise.resolve() };
  const entries = (): unknown[] => lines.slice(1).map((line) => JSON.parse(line) as unknown);

  beforeEach(() => {
    clock = new FakeClock();
    inner = new FakeBus();
    lines = [];
    bus = new RecordedBus(inner, { clock, sink });
  });

  async function only(): Promise<UsbDevice> {
    const [device] = await bus.list();
    if (!device) throw new Error('no device');
    return device;
  }

  it('begins with what the file is', () => {
    expect(lines).toEqual(['{"format":"stepwise-usb-recording","version":1,"data":"full","dropped":0}']);
  });

  it('records a device with its identity when it is first listed, once', async () => {
    const device = new FakeDevice(clock);
    inner.devices.push(device);
    const [first] = await bus.list();
    const [second] = await bus.list();
    expect(second).toBe(first);
    expect(entries()).toEqual([
      { op: 'present', device: 0, path: '1-2.4', address: 9, identity: device.identity, n: 0, t: 0 },
    ]);
  });

  it('records each operation with its moment, its length and its end', async () => {
    const device = new FakeDevice(clock);
    inner.devices.push(device);
    const recorded = await only();
    await recorded.open();
    await recorded.claim(0);
    await recorded.selectAlternate(0, 1);
    await recorded.controlOut(DNLOAD, Uint8Array.of(0x21, 0xff), 100);
    device.willAnswer(Uint8Array.of(0, 1, 2));
    await expect(recorded.controlIn(GET_STATUS, 6, 100)).resolves.toEqual(Uint8Array.of(0, 1, 2));
    await recorded.reset();
    await recorded.close();
    const on = { device: 0, path: '1-2.4', ms: 2 };
    expect(entries().slice(1)).toEqual([
      { op: 'open', ...on, n: 1, t: 0 },
      { op: 'claim', ...on, interface: 0, n: 2, t: 2 },
      { op: 'select', ...on, interface: 0, alternate: 1, n: 3, t: 4 },
      { op: 'out', ...on, ...DNLOAD, length: 2, data: '21ff', n: 4, t: 6 },
      { op: 'in', ...on, ...GET_STATUS, length: 6, data: '000102', n: 5, t: 8 },
      { op: 'reset', ...on, n: 6, t: 10 },
      { op: 'close', ...on, n: 7, t: 12 },
    ]);
  });

  it('records a failure by its kind and passes it on as it was', async () => {
    const device = new FakeDevice(clock);
    inner.devices.push(device);
    const recorded = await only();
    device.willAnswer('stall', new RangeError('a bug'));
    await expect(recorded.controlIn(GET_STATUS, 6, 100)).rejects.toMatchObject({ kind: 'stall' });
    await expect(recorded.open()).rejects.toThrow(RangeError);
    expect(entries().slice(1)).toMatchObject([
      { op: 'in', data: '', failure: 'stall' },
      { op: 'open', failure: 'io' },
    ]);
  });

  it('records what was sent, not what the buffer holds afterwards', async () => {
    inner.devices.push(new FakeDevice(clock));
    const recorded = await only();
    const data = Uint8Array.of(1);
    const sent = recorded.controlOut(DNLOAD, data, 100);
    data[0] = 9;
    await sent;
    expect(entries().at(-1)).toMatchObject({ data: '01' });
  });

  it('records attach and detach even when nobody listens, and passes them on when somebody does', async () => {
    const device = new FakeDevice(clock);
    inner.attach(device);
    const recorded = await only();
    const events: UsbEvent[] = [];
    const end = bus.subscribe((event) => events.push(event));
    inner.detach(device);
    end();
    inner.attach(device);
    expect(events).toEqual([{ type: 'detached', device: recorded }]);
    expect(entries()).toMatchObject([
      { op: 'attached', device: 0 },
      { op: 'detached', device: 0 },
      { op: 'attached', device: 1 },
    ]);
  });

  it('numbers operations in the order in which they began', async () => {
    const [slow, quick] = [new FakeDevice(clock, '1-1'), new FakeDevice(clock, '1-2')];
    inner.devices.push(slow, quick);
    const [one, two] = await bus.list();
    let slowEnds = (): void => undefined;
    slow.open = () => new Promise((resolve) => (slowEnds = resolve));
    const opened = one?.open();
    await two?.open();
    slowEnds();
    await opened;
    expect(entries().slice(2)).toMatchObject([
      { path: '1-2', n: 3 },
      { path: '1-1', n: 2 },
    ]);
  });

  it('keeps the last entries in memory, says how many are missing, and never drops who the devices are', async () => {
    bus = new RecordedBus(inner, { clock, capacity: 2 });
    inner.devices.push(new FakeDevice(clock));
    const recorded = await only();
    await recorded.open();
    await recorded.claim(0);
    await recorded.reset();
    const kept = bus.text().split('\n');
    expect(JSON.parse(kept[0] ?? '')).toMatchObject({ dropped: 1 });
    expect(kept.slice(1, -1).map((line) => (JSON.parse(line) as { op: string }).op)).toEqual([
      'present',
      'claim',
      'reset',
    ]);
    expect(kept.at(-1)).toBe('');
  });

  it('forgets a device that has left when nothing in memory speaks of it any more', async () => {
    const capacity = 4;
    const coming = 100;
    bus = new RecordedBus(inner, { clock, capacity });
    const stays = new FakeDevice(clock, '1-1');
    inner.devices.push(stays);
    await bus.list();
    for (let number = 0; number < coming; number++) {
      const device = new FakeDevice(clock, '1-2');
      inner.attach(device);
      await (await bus.list()).at(-1)?.open();
      inner.detach(device);
    }
    const [header, ...kept] = bus
      .text()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { op: string; device: number; dropped: number });
    expect(kept.map(({ op, device }) => `${op} ${device}`)).toEqual([
      'present 0',
      'attached 99',
      'open 99',
      'detached 99',
      'attached 100',
      'open 100',
      'detached 100',
    ]);
    expect(header?.dropped).toBe(1 + 3 * coming - kept.length);
  });

  it('closes what is beneath it and stops listening', async () => {
    expect(inner.subscribers).toBe(1);
    await bus.close();
    expect(inner.closed).toBe(true);
    expect(inner.subscribers).toBe(0);
  });
});

describe('the file of a recording', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepwise-recording-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('holds what memory holds when the bus is closed', async () => {
    const clock = new FakeClock();
    const inner = new FakeBus();
    inner.devices.push(new FakeDevice(clock));
    const path = join(folder, 'session.jsonl');
    const failures: unknown[] = [];
    const bus = new RecordedBus(inner, {
      clock,
      sink: recordingFile(path, (failure) => failures.push(failure)),
    });
    const [device] = await bus.list();
    await device?.open();
    await bus.close();
    expect(await readFile(path, 'utf8')).toBe(bus.text());
    expect(failures).toEqual([]);
  });

  it('reports once that it cannot be written, and disturbs nothing', async () => {
    const failures: unknown[] = [];
    const path = join(folder, 'missing', 'session.jsonl');
    const file = recordingFile(path, (failure) => failures.push(failure));
    file.write('one');
    file.write('two');
    await file.close();
    file.write('three');
    await file.close();
    expect(failures).toMatchObject([{ code: 'host-file', facts: { path, operation: 'record' } }]);
  });
});

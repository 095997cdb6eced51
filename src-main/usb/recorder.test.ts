import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeBus, FakeClock, FakeDevice } from '../../test/usb/fake-bus.ts';
import type { ControlSetup, UsbDevice, UsbEvent } from './port.ts';
import { RecordedBus } from './recorder.ts';
import type { RecordingSink } from './recorder.ts';
import { recordingFile } from './recording-file.ts';

const GET_STATUS = { requestType: 0xa1, request: 3, value: 0, index: 0 };
const DNLOAD = { requestType: 0x21, request: 1, value: 2, index: 0 };

describe('the recorder', () => {
  let clock: FakeClock;
  let inner: FakeBus;
  let bus: RecordedBus;
  let lines: string[];
  let isOpen = false;
  const sink: RecordingSink = {
    takesFirmware: () => isOpen,
    write: ({ text, beginning }) => lines.push(...(lines.length === 0 ? beginning() : []), text),
    close: () => Promise.resolve(),
  };
  const entries = (): unknown[] => lines.slice(1).map((line) => JSON.parse(line) as unknown);

  beforeEach(() => {
    clock = new FakeClock();
    inner = new FakeBus();
    lines = [];
    isOpen = false;
    bus = new RecordedBus(inner, { clock, sinks: [sink] });
  });

  async function only(): Promise<UsbDevice> {
    const [device] = await bus.list();
    if (!device) throw new Error('no device');
    return device;
  }

  it('begins with what the file is, and who made it when', async () => {
    const origin = { program: 'stepwise 1.2.3', begun: '2026-01-02T03:04:05.000Z' };
    bus = new RecordedBus(inner, { clock, sinks: [sink], origin });
    inner.devices.push(new FakeDevice(clock));
    await bus.list();
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      format: 'stepwise-usb-recording',
      version: 1,
      ...origin,
      dropped: 0,
    });
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

  it('keeps the last entries of each session: one that goes on for long pushes out no other', async () => {
    bus = new RecordedBus(inner, { clock, capacity: 3 });
    inner.devices.push(new FakeDevice(clock, '1-1'), new FakeDevice(clock, '1-2'));
    const [quiet, busy] = await bus.list();
    await quiet?.open();
    for (let at = 0; at < 100; at++) await busy?.reset();
    const [header, ...kept] = parsedLines(bus.text());
    expect(kept.map(({ op, device }) => `${op} ${device}`)).toEqual([
      'present 0',
      'present 1',
      'open 0',
      'reset 1',
      'reset 1',
      'reset 1',
    ]);
    expect(header?.dropped).toBe(97);
  });

  it('forgets the sessions of all but the last devices that have left', async () => {
    const coming = 100;
    const stays = new FakeDevice(clock, '1-1');
    inner.devices.push(stays);
    await bus.list();
    for (let number = 0; number < coming; number++) {
      const device = new FakeDevice(clock, '1-2');
      inner.attach(device);
      await (await bus.list()).at(-1)?.open();
      inner.detach(device);
    }
    const [header, ...kept] = parsedLines(bus.text());
    expect(kept).toHaveLength(1 + 8 * 3);
    expect(kept.slice(0, 4).map(({ op, device }) => `${op} ${device}`)).toEqual([
      'present 0',
      'attached 93',
      'open 93',
      'detached 93',
    ]);
    expect(header?.dropped).toBe(coming - 8);
  });

  describe('of firmware', () => {
    const firmwareWatch = () => ({
      carriesFirmware: ({ request }: ControlSetup) => request === DNLOAD.request,
    });
    const block = Uint8Array.of(1, 2, 3);
    const hashed = {
      bytes: 3,
      sha256: '039058c6f2c0cb492c533b0a4d14ef77cc0f78abccced5287d84a1a2011cfb81',
    };

    async function sendBlock(): Promise<void> {
      bus = new RecordedBus(inner, { clock, sinks: [sink], firmwareWatch });
      inner.devices.push(new FakeDevice(clock));
      await (await only()).controlOut(DNLOAD, block, 100);
    }

    it('keeps the hash and the length alone', async () => {
      await sendBlock();
      expect(entries().at(-1)).toMatchObject({ op: 'out', length: 3, data: hashed });
      expect(bus.text()).toContain(hashed.sha256);
    });

    it('gives the bytes to who may have them, and never to memory', async () => {
      isOpen = true;
      await sendBlock();
      expect(entries().at(-1)).toMatchObject({ op: 'out', length: 3, data: '010203' });
      expect(bus.text()).toContain(hashed.sha256);
      expect(bus.text()).not.toContain('010203');
    });
  });

  it('closes what is beneath it and stops listening', async () => {
    expect(inner.subscribers).toBe(1);
    await bus.close();
    expect(inner.closed).toBe(true);
    expect(inner.subscribers).toBe(0);
  });
});

function parsedLines(text: string) {
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { op: string; device: number; dropped: number });
}

describe('the file of a recording', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'stepwise-recording-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('holds what memory holds, with every line as soon as it is over', async () => {
    const clock = new FakeClock();
    const inner = new FakeBus();
    inner.devices.push(new FakeDevice(clock));
    const path = join(folder, 'session.jsonl');
    const failures: unknown[] = [];
    const bus = new RecordedBus(inner, {
      clock,
      sinks: [recordingFile(path, (failure) => failures.push(failure))],
    });
    const [device] = await bus.list();
    await device?.open();
    expect(await readFile(path, 'utf8')).toBe(bus.text());
    await bus.close();
    expect(await readFile(path, 'utf8')).toBe(bus.text());
    expect(failures).toEqual([]);
  });

  it('reports once that it cannot be written, and disturbs nothing', async () => {
    const failures: unknown[] = [];
    const path = join(folder, 'missing', 'session.jsonl');
    const file = recordingFile(path, (failure) => failures.push(failure));
    const line = { text: 'one', kind: 'failed', beginning: () => [] } as const;
    file.write(line);
    file.write(line);
    await file.close();
    file.write(line);
    await file.close();
    expect(failures).toMatchObject([{ code: 'host-file', facts: { path, operation: 'record' } }]);
  });
});

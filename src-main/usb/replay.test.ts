import { beforeEach, describe, expect, it } from 'vitest';
import { FakeBus, FakeClock, FakeDevice } from '../../test/usb/fake-bus.ts';
import type { UsbBus, UsbDevice, UsbEvent } from './port.ts';
import { RecordedBus } from './recorder.ts';
import { ReplayBus } from './replay.ts';

const GET_STATUS = { requestType: 0xa1, request: 3, value: 0, index: 0 };
const DNLOAD = { requestType: 0x21, request: 1, value: 2, index: 0 };
const BLOCK = Uint8Array.from({ length: 256 }, (_, at) => at);

async function first(bus: UsbBus): Promise<UsbDevice> {
  const [device] = await bus.list();
  if (!device) throw new Error('no device');
  return device;
}

/** What a consumer saw, to be compared. */
async function session(bus: UsbBus): Promise<unknown[]> {
  const seen: unknown[] = [];
  const device = await first(bus);
  seen.push(device.path, device.address, device.identity);
  const note = (result: Promise<unknown>) =>
    result.then(
      (value) => seen.push(value),
      (error: unknown) => seen.push(error instanceof Error && 'kind' in error ? error.kind : error),
    );
  await note(device.open());
  await note(device.claim(0));
  await note(device.selectAlternate(0, 1));
  await note(device.controlOut(DNLOAD, BLOCK, 100));
  await note(device.controlIn(GET_STATUS, 6, 100));
  await note(device.controlIn(GET_STATUS, 6, 100));
  await note(device.reset());
  await note(device.close());
  return seen;
}

async function record(): Promise<{ text: string; seen: unknown[]; elapsed: number }> {
  const clock = new FakeClock();
  const inner = new FakeBus();
  const device = new FakeDevice(clock);
  inner.devices.push(device);
  const bus = new RecordedBus(inner, { clock });
  const nothing = new Uint8Array();
  device.willAnswer(nothing, nothing, nothing, nothing, Uint8Array.of(0, 5, 0, 0, 4, 0), 'timeout', 'gone');
  const begin = clock.now();
  const seen = await session(bus);
  return { text: bus.text(), seen, elapsed: clock.now() - begin };
}

describe('a replay', () => {
  let text: string;
  let clock: FakeClock;
  const replay = () => new ReplayBus(text, { clock });

  beforeEach(async () => {
    clock = new FakeClock();
    ({ text } = await record());
  });

  it('answers as the device answered, in the time it took', async () => {
    const { seen, elapsed } = await record();
    const bus = replay();
    const begin = clock.now();
    expect(await session(bus)).toEqual(seen);
    expect(clock.now() - begin).toBe(elapsed);
    bus.finish();
  });

  it('lists the same object each time', async () => {
    const bus = replay();
    expect(await first(bus)).toBe(await first(bus));
  });

  it('lets devices come and go when everything before has been done again', async () => {
    const recordingClock = new FakeClock();
    const inner = new FakeBus();
    const device = new FakeDevice(recordingClock, '1-1', 5);
    inner.devices.push(device);
    const recorder = new RecordedBus(inner, { clock: recordingClock });
    const before = await first(recorder);
    await before.open();
    await recordingClock.sleep(100);
    inner.detach(device);
    await before.close();
    await recordingClock.sleep(400);
    inner.attach(new FakeDevice(recordingClock, '1-1', 6));
    await (await first(recorder)).open();

    const bus = new ReplayBus(recorder.text(), { clock });
    const events: [string, number, number][] = [];
    const begin = clock.now();
    const end = bus.subscribe(({ type, device: { address } }: UsbEvent) =>
      events.push([type, address, clock.now() - begin]),
    );
    const again = await first(bus);
    expect(again.address).toBe(5);
    await clock.sleep(1000);
    expect(events).toEqual([]);
    await again.open();
    await clock.sleep(0);
    await clock.sleep(0);
    expect(events).toMatchObject([['detached', 5, 1102]]);
    expect(await bus.list()).toEqual([]);
    await again.close();
    await clock.sleep(0);
    await clock.sleep(0);
    expect(events).toHaveLength(2);
    const after = await first(bus);
    expect(after.address).toBe(6);
    end();
    await after.open();
    bus.finish();
  });

  it('serves several devices in another order than then', async () => {
    const recordingClock = new FakeClock();
    const inner = new FakeBus();
    inner.devices.push(new FakeDevice(recordingClock, '1-1'), new FakeDevice(recordingClock, '1-2'));
    const recorder = new RecordedBus(inner, { clock: recordingClock });
    for (const device of await recorder.list()) await device.open();
    const bus = new ReplayBus(recorder.text(), { clock });
    for (const device of (await bus.list()).toReversed()) await device.open();
    bus.finish();
  });

  it.each<[string, number, string, string, (device: UsbDevice) => Promise<unknown>]>([
    ['another operation', 3, 'open', 'reset', (device) => device.reset()],
    [
      'another interface',
      4,
      'claim interface 0',
      'claim interface 1',
      async (device) => {
        await device.open();
        await device.claim(1);
      },
    ],
    [
      'another alternate setting',
      5,
      'select alternate setting 1 of interface 0',
      'select alternate setting 0 of interface 0',
      async (device) => {
        await device.open();
        await device.claim(0);
        await device.selectAlternate(0, 0);
      },
    ],
  ])('ends at %s, with the line', async (_, line, expected, got, act) => {
    const device = await first(replay());
    await expect(act(device)).rejects.toMatchObject({
      code: 'replay-deviation',
      facts: { line, expected, got },
    });
  });

  describe('within transfers', () => {
    const DATA_LINE = 6;
    const STATUS_LINE = 7;
    let device: UsbDevice;
    beforeEach(async () => {
      device = await first(replay());
      await device.open();
      await device.claim(0);
      await device.selectAlternate(0, 1);
    });

    it.each([
      ['type', { ...DNLOAD, requestType: 0x22 }],
      ['request', { ...DNLOAD, request: 2 }],
      ['value', { ...DNLOAD, value: 3 }],
      ['index', { ...DNLOAD, index: 1 }],
    ])('notices another %s', async (_, setup) => {
      await expect(device.controlOut(setup, BLOCK, 100)).rejects.toMatchObject({
        facts: { line: DATA_LINE },
      });
    });

    it('notices another byte, and shows it', async () => {
      const other = BLOCK.slice();
      other[200] = 0x55;
      await expect(device.controlOut(DNLOAD, other, 100)).rejects.toMatchObject({
        facts: {
          line: DATA_LINE,
          expected: expect.stringContaining('c5c6c7c8c9ca') as string,
          got: expect.stringContaining('c5c6c755c9ca') as string,
        },
      });
    });

    it('notices that data is missing', async () => {
      await expect(device.controlOut(DNLOAD, BLOCK.subarray(1), 100)).rejects.toMatchObject({
        facts: { line: DATA_LINE },
      });
    });

    it('notices another length to read', async () => {
      await device.controlOut(DNLOAD, BLOCK, 100);
      await expect(device.controlIn(GET_STATUS, 5, 100)).rejects.toMatchObject({
        facts: { line: STATUS_LINE },
      });
    });

    it('does not mind another deadline', async () => {
      await expect(device.controlOut(DNLOAD, BLOCK, 9_999)).resolves.toBeUndefined();
    });
  });

  it('fails everything after the first deviation with that one', async () => {
    const bus = replay();
    const device = await first(bus);
    await device.reset().catch(() => undefined);
    await expect(device.open()).rejects.toMatchObject({ facts: { line: 3, got: 'reset' } });
    expect(() => bus.finish()).toThrow('replay-deviation');
  });

  it('notices what goes on behind the end of the recording', async () => {
    const bus = replay();
    const device = await first(bus);
    await session(bus);
    await expect(device.open()).rejects.toMatchObject({
      facts: { line: 11, expected: 'nothing', got: 'open' },
    });
  });

  it('notices when it is finished before its end', async () => {
    const bus = replay();
    await (await first(bus)).open();
    expect(() => bus.finish()).toThrow(
      expect.objectContaining({ facts: { line: 4, expected: 'claim interface 0', got: 'nothing' } }),
    );
  });

  it('tells nobody anything after it was closed', async () => {
    const recordingClock = new FakeClock();
    const inner = new FakeBus();
    const recorder = new RecordedBus(inner, { clock: recordingClock });
    await recordingClock.sleep(50);
    inner.attach(new FakeDevice(recordingClock));
    const bus = new ReplayBus(recorder.text(), { clock });
    const events: UsbEvent[] = [];
    bus.subscribe((event) => events.push(event));
    await bus.close();
    await clock.sleep(100);
    await clock.sleep(100);
    expect(await bus.list()).toHaveLength(1);
    expect(events).toEqual([]);
  });
});

describe('a replay of hashes', () => {
  const UPLOAD = { requestType: 0xa1, request: 2, value: 2, index: 0 };
  let text: string;

  async function recordHashed(): Promise<void> {
    const recordingClock = new FakeClock();
    const inner = new FakeBus();
    const device = new FakeDevice(recordingClock);
    inner.devices.push(device);
    const bus = new RecordedBus(inner, {
      clock: recordingClock,
      firmwareWatch: () => ({ carriesFirmware: () => true }),
    });
    device.willAnswer(new Uint8Array(), BLOCK);
    const recorded = await first(bus);
    await recorded.controlOut(DNLOAD, BLOCK, 100);
    await recorded.controlIn(UPLOAD, BLOCK.length, 100);
    text = bus.text();
  }

  function replayKnowing(...candidates: readonly Uint8Array[]): ReplayBus {
    const memory = () => ({ sent: () => undefined, where: () => 0x0800_0000, candidates: () => candidates });
    return new ReplayBus(text, { clock: new FakeClock(), memory });
  }

  beforeEach(recordHashed);

  it('takes what has the recorded hash, and gives back what has it', async () => {
    const bus = replayKnowing(new Uint8Array(256), BLOCK);
    const device = await first(bus);
    await device.controlOut(DNLOAD, BLOCK, 100);
    expect(await device.controlIn(UPLOAD, BLOCK.length, 100)).toEqual(BLOCK);
    bus.finish();
  });

  it('ends where another byte is written, with both hashes', async () => {
    const other = BLOCK.slice();
    other[200] = 0x55;
    const device = await first(replayKnowing());
    await expect(device.controlOut(DNLOAD, other, 100)).rejects.toMatchObject({
      code: 'replay-deviation',
      facts: {
        line: 3,
        expected: expect.stringContaining('sha256 40aff2e9d2d8922e47af') as string,
        got: expect.stringMatching(/length 256 sha256 (?!40aff2e9d2d8922e47af)/) as string,
      },
    });
  });

  it('says so where nobody knows what was read, and invents nothing', async () => {
    const bus = replayKnowing(new Uint8Array(256));
    const device = await first(bus);
    await device.controlOut(DNLOAD, BLOCK, 100);
    const withheld = { code: 'replay-withheld', facts: { line: 4, bytes: 256, address: 0x0800_0000 } };
    await expect(device.controlIn(UPLOAD, BLOCK.length, 100)).rejects.toMatchObject(withheld);
    await expect(device.close()).rejects.toMatchObject(withheld);
    expect(() => bus.finish()).toThrow('replay-withheld');
  });
});

describe('the file of a replay', () => {
  const HEADER = '{"format":"stepwise-usb-recording","version":1,"dropped":0}';
  const DEVICE =
    '{"op":"present","device":0,"path":"1-1","address":1,"identity":{"vendorId":1155,"productId":57105,' +
    '"deviceVersion":0,"usbVersion":0,"manufacturerIndex":0,"productIndex":0,"serialIndex":0},"n":0,"t":0}';
  const GOOD = '{"op":"open","device":0,"path":"1-1","n":1,"t":0,"ms":1}';
  const OUT =
    '{"op":"out","device":0,"path":"1-1","requestType":1,"request":1,"value":0,"index":0,"length":1,"data":"00","n":2,"t":2,"ms":1}';
  const open =
    (...lines: string[]) =>
    () =>
      new ReplayBus(lines.join('\n'), { clock: new FakeClock() });

  it.each<[string, string[], object]>([
    ['is empty', [''], { fault: 'unknown-format', line: 1 }],
    ['is another file', ['hello', GOOD], { fault: 'unknown-format', line: 1 }],
    ['is another JSON', ['{"format":"har"}'], { fault: 'unknown-format', line: 1 }],
    [
      'has no proper header',
      ['{"format":"stepwise-usb-recording","version":1}'],
      { fault: 'unknown-format', line: 1 },
    ],
    [
      'is of a newer version',
      ['{"format":"stepwise-usb-recording","version":2,"x":1}'],
      { fault: 'unsupported', line: 1 },
    ],
    [
      'lacks its beginning',
      [HEADER.replace('"dropped":0', '"dropped":7'), DEVICE, GOOD, ''],
      { fault: 'truncated', line: 1 },
    ],
    ['has a line that is no JSON', [HEADER, DEVICE, 'nonsense', GOOD, ''], { fault: 'bad-record', line: 3 }],
    ['has a line that is all brackets', [HEADER, '['.repeat(100_000), ''], { fault: 'bad-record', line: 2 }],
    ['has a line without end', [HEADER, DEVICE, '['.repeat(200_000)], { fault: 'bad-record', line: 3 }],
    ['has an empty line', [HEADER, '', DEVICE, ''], { fault: 'bad-record', line: 2 }],
    [
      'has an operation it does not know',
      [HEADER, DEVICE, GOOD.replace('open', 'explode'), ''],
      { fault: 'bad-record', line: 3 },
    ],
    [
      'has a value that fits no byte',
      [HEADER, DEVICE, OUT.replace('"requestType":1', '"requestType":256'), ''],
      { fault: 'bad-record', line: 3 },
    ],
    ['has data that is not hexadecimal', [HEADER, DEVICE, OUT.replace('"00"', '"0g"'), ''], { line: 3 }],
    [
      'has data of another length than it says',
      [HEADER, DEVICE, OUT.replace('"00"', '"0000"'), ''],
      { line: 3 },
    ],
    ['speaks of a device that never came', [HEADER, GOOD, ''], { fault: 'bad-record', line: 2 }],
    ['has a device twice', [HEADER, DEVICE, DEVICE, ''], { fault: 'bad-record', line: 3 }],
    [
      'has a device at another place than before',
      [HEADER, DEVICE, GOOD.replace('1-1', '1-2'), ''],
      { fault: 'bad-record', line: 3 },
    ],
    [
      'has two things at one place in the order',
      [HEADER, DEVICE, GOOD, GOOD, ''],
      { fault: 'bad-record', line: 4 },
    ],
    [
      'has a later thing at an earlier time',
      [HEADER, DEVICE, GOOD.replace('"t":0', '"t":9'), OUT, ''],
      { fault: 'bad-record', line: 4 },
    ],
  ])('is refused when it %s', (_, lines, facts) => {
    expect(open(...lines)).toThrow(
      expect.objectContaining({ code: 'bad-file', facts: expect.objectContaining(facts) as object }),
    );
  });

  it('may end without a line end', () => {
    expect(open(HEADER, DEVICE, GOOD)).not.toThrow();
  });

  it('may end within a line, as after a kill: it is good up to there', async () => {
    const bus = open(HEADER, DEVICE, GOOD, OUT.slice(0, 60))();
    expect(bus.cutOff).toBe(4);
    const device = await first(bus);
    await device.open();
    bus.finish();
    await expect(device.close()).rejects.toMatchObject({
      facts: { line: 4, expected: 'nothing, for it is cut off there', got: 'close' },
    });
  });
});

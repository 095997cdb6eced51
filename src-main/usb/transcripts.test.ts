import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FakeBus, FakeClock, FakeDevice } from '../../test/usb/fake-bus.ts';
import type { UsbDevice } from './port.ts';
import { RecordedBus } from './recorder.ts';
import { RecordingFile } from './recording-file.ts';
import { parseRecording } from './recording-parse.ts';
import { transcript, transcriptFiles } from './transcripts.ts';
import type { TranscriptOptions } from './transcripts.ts';

const GET_STATUS = { requestType: 0xa1, request: 3, value: 0, index: 0 };

let folder: string;
let inner: FakeBus;
let clock: FakeClock;
const problems: string[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwise-transcripts-'));
  clock = new FakeClock();
  inner = new FakeBus();
  problems.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function recorded(options: Partial<TranscriptOptions> = {}): RecordedBus {
  const sink = transcript({
    folder,
    program: 'app',
    today: () => '2026-01-02T03:04:05.000Z',
    takesFirmware: () => false,
    report: ({ message }) => problems.push(message),
    ...options,
  });
  return new RecordedBus(inner, { clock, sinks: [sink] });
}

async function plugged(bus: RecordedBus): Promise<UsbDevice> {
  inner.attach(new FakeDevice(clock));
  const device = (await bus.list()).at(-1);
  if (!device) throw new Error('no device');
  return device;
}

const textOf = ({ path }: { readonly path: string }) => readFileSync(path, 'utf8');

describe('the transcript of a run', () => {
  it('is a file with the time, the program and the process in its name', async () => {
    await (await plugged(recorded())).open();
    const [file] = transcriptFiles(folder);
    expect(file?.path).toBe(join(folder, 'usb', file?.name ?? ''));
    expect(file?.name).toMatch(/^2026-01-02T03-04-05-app-\d+\.jsonl$/);
    expect(file?.bytes).toBe(readFileSync(file?.path ?? '').length);
  });

  it('has no file as long as no device is asked for anything', async () => {
    const bus = recorded();
    await plugged(bus);
    await bus.close();
    expect(existsSync(join(folder, 'usb'))).toBe(false);
  });

  it('has all of the session in it, though the device came before the file did', async () => {
    const bus = recorded();
    const device = await plugged(bus);
    await device.open();
    await device.claim(0);
    const [file] = transcriptFiles(folder);
    const { lines, dropped } = parseRecording(file ? textOf(file) : '');
    expect(lines.map(({ entry }) => entry.op)).toEqual(['attached', 'open', 'claim']);
    expect(dropped).toBe(0);
  });

  it('is not written into the file of another one that began in the same second', async () => {
    await (await plugged(recorded())).open();
    await (await plugged(recorded())).open();
    expect(transcriptFiles(folder)).toHaveLength(2);
  });

  it('goes on in further files, keeps the last two, and each of them can be read by itself', async () => {
    const bus = recorded({ partSize: 3_000 });
    const device = await plugged(bus);
    await device.open();
    for (let at = 0; at < 100; at++) await device.controlIn(GET_STATUS, 6, 100);
    const files = transcriptFiles(folder);
    expect(files).toHaveLength(2);
    const parts = files.map((file) => parseRecording(textOf(file)));
    expect(parts.map(({ lines }) => lines[0]?.entry.op)).toEqual(['attached', 'attached']);
    const operations = parts
      .toSorted((a, b) => a.dropped - b.dropped)
      .map(({ dropped, lines }) => ({ dropped, count: lines.length - 1 }));
    const [earlier, later] = operations;
    expect(earlier?.dropped).toBeGreaterThan(0);
    expect(later?.dropped).toBe((earlier?.dropped ?? 0) + (earlier?.count ?? 0));
    expect((later?.dropped ?? 0) + (later?.count ?? 0)).toBe(101);
    for (const { bytes } of files) expect(bytes).toBeLessThan(3_400);
  });

  it('makes room for itself: the oldest go, and looks push out no work', async () => {
    const usb = join(folder, 'usb');
    mkdirSync(usb, { recursive: true });
    const make = (number: number, bytes: number) => {
      const path = join(usb, `2025-01-01T00-00-00-app-${number}.jsonl`);
      writeFileSync(path, Buffer.alloc(bytes));
      utimesSync(path, number, number);
    };
    for (let number = 1; number <= 50; number++) make(number, 40_000);
    for (let number = 1_001; number <= 1_100; number++) make(number, 100);
    writeFileSync(join(usb, 'mine.txt'), 'a note');
    await (await plugged(recorded())).open();
    const numbers = transcriptFiles(folder).map(({ name }) => Number(/-(\d+)\.jsonl$/.exec(name)?.[1]));
    expect(numbers.slice(1)).toEqual([
      ...Array.from({ length: 20 }, (_, at) => 1_100 - at),
      ...Array.from({ length: 40 }, (_, at) => 50 - at),
    ]);
    expect(readdirSync(usb)).toContain('mine.txt');
  });

  it('whose folder cannot be written says so once, and the device hears nothing of it', async () => {
    writeFileSync(join(folder, 'usb'), 'in the way');
    const bus = recorded();
    const device = await plugged(bus);
    await device.open();
    await device.claim(0);
    await bus.close();
    expect(problems).toHaveLength(1);
    expect(bus.text().trim().split('\n')).toHaveLength(4);
  });

  it.runIf(existsSync('/dev/full'))('ends where the disk is full, and says so once', async () => {
    const sink = new RecordingFile({
      open: () => openSync('/dev/full', 'a'),
      partSize: Infinity,
      takesFirmware: () => false,
      beginsWith: () => true,
      report: ({ message }) => problems.push(message),
    });
    const bus = new RecordedBus(inner, { clock, sinks: [sink] });
    const device = await plugged(bus);
    await device.open();
    await device.close();
    expect(problems).toEqual([expect.stringContaining('ENOSPC')]);
  });
});

describe('the list of transcripts', () => {
  it('is empty where there are none', () => {
    expect(transcriptFiles(join(folder, 'nowhere'))).toEqual([]);
  });

  it.runIf(process.getuid?.() !== 0)('is empty where the folder may not be read', () => {
    mkdirSync(join(folder, 'usb'));
    chmodSync(join(folder, 'usb'), 0);
    expect(transcriptFiles(folder)).toEqual([]);
  });
});

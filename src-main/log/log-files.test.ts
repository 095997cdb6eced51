import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Rig } from '../../test/rig/rig.ts';
import { RecordedBus } from '../usb/recorder.ts';
import { demoFirmware } from '../virtual/demo-firmware.ts';
import { withDevice } from '../update/connect.ts';
import { readMemory } from '../update/read-job.ts';
import { formatLine, openLogFiles } from './log-files.ts';
import { Log } from './log.ts';
import { rotatingFile } from './rotating-file.ts';
import { usbTranscript, withoutMemory } from './usb-transcript.ts';

const today = () => '2026-01-01T00:00:00.000Z';
let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stepwise-log-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('a rotating file', () => {
  it('keeps to its number and size of files, the newest lines in the first one', () => {
    const file = rotatingFile({ folder, name: 'a', maxSize: 1_000, count: 3 });
    for (let i = 0; i < 1_000; i++) file.writeLines([`line ${i}`]);
    expect(readdirSync(folder).sort()).toEqual(['a.1.log', 'a.2.log', 'a.log']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(1_020);
    expect(text('a.log').trimEnd().split('\n').at(-1)).toBe('line 999');
    const all = ['a.2.log', 'a.1.log', 'a.log'].map(text).join('').trimEnd().split('\n');
    const numbers = all.map((line) => Number(line.slice('line '.length)));
    expect(numbers).toEqual(numbers.map((_, i) => 1_000 - numbers.length + i));
  });

  it('goes on behind what an earlier run wrote', () => {
    rotatingFile({ folder, name: 'b', maxSize: 1_000, count: 2 }).writeLines(['one']);
    rotatingFile({ folder, name: 'b', maxSize: 1_000, count: 2 }).writeLines(['two']);
    expect(text('b.log')).toMatch(/^one\r?\ntwo\r?\n$/);
  });

  it('does not take what a line says for a format', () => {
    rotatingFile({ folder, name: 'c', maxSize: 1_000, count: 2 }).writeLines(['100 %d %s {text} %c']);
    expect(text('c.log').trimEnd()).toBe('100 %d %s {text} %c');
  });

  it('that cannot be written disturbs nobody', () => {
    writeFileSync(join(folder, 'file'), '');
    const file = rotatingFile({
      folder: join(folder, 'file'),
      name: 'd',
      maxSize: 1_000,
      count: 2,
    });
    expect(() => {
      file.writeLines(['lost']);
    }).not.toThrow();
  });
});

describe('the log on disk', () => {
  it('has one line for each event', () => {
    const log = new Log({ today });
    const files = openLogFiles(log, join(folder, 'logs'));
    log.write('info', 'devices', 'plugged in', '1-2');
    log.write('error', 'update', 'one\n  two');
    files.close();
    log.write('info', 'usb', 'too late');
    expect(text('logs/stepwise.log').trimEnd().split(/\r?\n/)).toEqual([
      '2026-01-01T00:00:00.000Z info  devices  1-2   plugged in',
      '2026-01-01T00:00:00.000Z error update   -     one two',
    ]);
  });

  it('aligns what can be read in columns', () => {
    const line = { number: 1, time: 'T', level: 'warn', room: 'usb', message: 'm', device: '1-2.4' } as const;
    expect(formatLine(line)).toBe('T warn  usb      1-2.4 m');
  });
});

describe('the transcript of USB', () => {
  const out = { op: 'out', requestType: 0x21, request: 1, index: 0, n: 1, t: 0, ms: 1 };

  it('leaves memory out and says how much it was', () => {
    const block = JSON.stringify({ ...out, value: 2, length: 4, data: 'deadbeef' });
    expect(JSON.parse(withoutMemory(block))).toEqual({ ...out, value: 2, length: 4, omitted: 4 });
    const upload = JSON.stringify({
      ...out,
      op: 'in',
      requestType: 0xa1,
      request: 2,
      value: 9,
      data: '0102',
    });
    expect(withoutMemory(upload)).not.toContain('0102');
  });

  it('leaves commands, states and whatever it does not know as they are', () => {
    for (const entry of [
      { ...out, value: 0, data: '4100000008' },
      { ...out, op: 'in', requestType: 0xa1, request: 3, value: 0, data: '000000000200' },
      { ...out, op: 'in', requestType: 0x80, request: 6, value: 0x0300, data: '04030904' },
      { op: 'open', device: 0 },
    ])
      expect(withoutMemory(JSON.stringify(entry))).toBe(JSON.stringify(entry));
    expect(withoutMemory('no JSON')).toBe('no JSON');
  });

  it('is written in pieces, and at once when a transfer failed', () => {
    const written: number[] = [];
    const usb = usbTranscript({ writeLines: (lines) => written.push(lines.length) });
    for (let i = 0; i < 100; i++) usb.write('{"op":"open"}');
    usb.write('{"op":"open","failure":"stall"}');
    usb.write('{"op":"close"}');
    void usb.close();
    expect(written).toEqual([64, 37, 1]);
  });

  it('of a whole job has no byte of the firmware in it', async () => {
    const image = demoFirmware(1);
    const rig = new Rig('h743-v-0x92', { contents: image.ranges });
    const lines: string[] = [];
    const usb = usbTranscript({ writeLines: (some) => lines.push(...some) });
    const bus = new RecordedBus(rig.bus, { clock: rig.clock, sink: usb });
    const [device] = await bus.list();
    if (!device) throw new Error('nothing is plugged in');
    const { clock, listener } = rig;
    const range = { start: 0x0800_0000, end: 0x0800_2000 };
    await withDevice(device, { bus, clock, listener }, (open) =>
      readMemory(open, range, { clock, listener }),
    );
    await usb.close();
    expect(lines.length).toBeGreaterThan(30);
    const transcript = lines.join('\n');
    const head = Buffer.from(image.slice(range.start, 16) ?? []).toString('hex');
    expect(transcript).not.toContain(head.slice(0, 16));
    expect(transcript).toContain('"omitted":1024');
  });
});

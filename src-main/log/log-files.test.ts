import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatLine, openLogFiles } from './log-files.ts';
import { Log } from './log.ts';
import { rotatingFile } from './rotating-file.ts';

const today = () => '2026-01-01T00:00:00.000Z';
const report = (error: Error) => {
  throw error;
};
let folder = '';
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'stepwise-log-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const text = (name: string) => readFileSync(join(folder, name), 'utf8');

describe('a rotating file', () => {
  it('keeps to its number and size of files, the newest lines in the first one', () => {
    const file = rotatingFile({ folder, name: 'a', maxSize: 1_000, count: 3, report });
    for (let i = 0; i < 1_000; i++) file.writeLines([`line ${i}`]);
    expect(readdirSync(folder).sort()).toEqual(['a.1.log', 'a.2.log', 'a.log']);
    for (const name of readdirSync(folder)) expect(statSync(join(folder, name)).size).toBeLessThan(1_020);
    expect(text('a.log').trimEnd().split('\n').at(-1)).toBe('line 999');
    const all = ['a.2.log', 'a.1.log', 'a.log'].map(text).join('').trimEnd().split('\n');
    const numbers = all.map((line) => Number(line.slice('line '.length)));
    expect(numbers).toEqual(numbers.map((_, i) => 1_000 - numbers.length + i));
  });

  it('goes on behind what an earlier run wrote', () => {
    rotatingFile({ folder, name: 'b', maxSize: 1_000, count: 2, report }).writeLines(['one']);
    rotatingFile({ folder, name: 'b', maxSize: 1_000, count: 2, report }).writeLines(['two']);
    expect(text('b.log')).toMatch(/^one\r?\ntwo\r?\n$/);
  });

  it('does not take what a line says for a format', () => {
    rotatingFile({ folder, name: 'c', maxSize: 1_000, count: 2, report }).writeLines(['100 %d %s {text} %c']);
    expect(text('c.log').trimEnd()).toBe('100 %d %s {text} %c');
  });

  it('that cannot be written disturbs nobody, is told of once, and goes on where it can again', () => {
    writeFileSync(join(folder, 'logs'), 'a file where the folder should be');
    const told: string[] = [];
    const file = rotatingFile({
      folder: join(folder, 'logs'),
      name: 'd',
      maxSize: 1_000,
      count: 2,
      report: ({ message }) => told.push(message),
    });
    file.writeLines(['lost']);
    file.writeLines(['lost as well']);
    expect(told).toEqual([expect.stringMatching(/EEXIST|ENOTDIR/)]);
    rmSync(join(folder, 'logs'));
    file.writeLines(['kept']);
    expect(text('logs/d.log').trimEnd()).toBe('kept');
    rmSync(join(folder, 'logs'), { recursive: true });
    file.writeLines(['lost']);
    expect(told).toHaveLength(2);
  });

  it('may report where the report is logged into it again', () => {
    writeFileSync(join(folder, 'logs'), '');
    const log = new Log({ today });
    let told = 0;
    openLogFiles(log, join(folder, 'logs'), {
      report: ({ message }) => {
        told += 1;
        log.write('error', 'program', message);
      },
    });
    log.write('info', 'usb', 'lost');
    expect(told).toBe(1);
  });
});

describe('the log on disk', () => {
  it('has one line for each event', () => {
    const log = new Log({ today });
    const files = openLogFiles(log, join(folder, 'logs'), { report });
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

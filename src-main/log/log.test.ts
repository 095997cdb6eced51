import { describe, expect, it } from 'vitest';
import type { LogLine } from '../../shared/log.ts';
import { Log } from './log.ts';

const today = () => '2026-01-01T00:00:00.000Z';

function filled(count: number, capacity: number): Log {
  const log = new Log({ today, capacity });
  for (let i = 1; i <= count; i++) log.write('info', 'usb', `event ${i}`);
  return log;
}

const numbers = (lines: readonly LogLine[]) => lines.map(({ number }) => number);

describe('the log', () => {
  it('keeps what happened, where, and what it is about', () => {
    const log = new Log({ today });
    log.write('warn', 'devices', 'it does not answer', '1-2');
    expect(log.read(10)).toEqual([
      {
        number: 1,
        time: today(),
        level: 'warn',
        room: 'devices',
        message: 'it does not answer',
        device: '1-2',
      },
    ]);
  });

  it('tells each line as it is written, until nobody wants it any more', () => {
    const log = new Log({ today });
    const heard: string[] = [];
    const end = log.subscribe(({ message }) => heard.push(message));
    log.write('info', 'usb', 'one');
    end();
    log.write('info', 'usb', 'two');
    expect(heard).toEqual(['one']);
  });

  it('is read in pages from its end to its beginning', () => {
    const log = filled(25, 100);
    expect(numbers(log.read(10))).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
    expect(numbers(log.read(10, 16))).toEqual([6, 7, 8, 9, 10, 11, 12, 13, 14, 15]);
    expect(numbers(log.read(10, 6))).toEqual([1, 2, 3, 4, 5]);
    expect(numbers(log.read(10, 1))).toEqual([]);
  });

  it('holds no more lines than it may, and numbers none of them anew', () => {
    const log = filled(12_345, 100);
    expect(numbers(log.read(1_000))).toHaveLength(100);
    expect(numbers(log.read(2))).toEqual([12_344, 12_345]);
    expect(numbers(log.read(10, 12_248))).toEqual([12_246, 12_247]);
  });
});

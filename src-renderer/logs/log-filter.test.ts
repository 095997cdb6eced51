import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../shared/log.ts';
import { asText, EVERYTHING, LEVELS, wanted } from './log-filter.ts';

const line = (change: Partial<LogLine> = {}): LogLine => ({
  number: 1,
  time: '2026-11-23T14:05:07.123Z',
  level: 'info',
  room: 'flash',
  message: 'Erasing sector 9',
  ...change,
});

describe('a filter', () => {
  test('that asks for nothing lets everything through', () => {
    expect(LEVELS.every((level) => wanted(EVERYTHING)(line({ level })))).toBe(true);
  });

  test('by level keeps what is as serious or more so', () => {
    expect(LEVELS.filter((level) => wanted({ ...EVERYTHING, level: 'warn' })(line({ level })))).toEqual([
      'error',
      'warn',
    ]);
  });

  test('by room keeps that room alone', () => {
    const only = wanted({ ...EVERYTHING, room: 'usb' });
    expect(only(line({ room: 'usb' }))).toBe(true);
    expect(only(line({ room: 'flash' }))).toBe(false);
  });

  test.each(['sector 9', 'SECTOR', ' erasing ', 'flash', '1-2.4'])(
    'finds "%s" wherever it stands',
    (search) => {
      expect(wanted({ ...EVERYTHING, search })(line({ device: '1-2.4' }))).toBe(true);
    },
  );

  test.each(['a+b (c)', '[x]', '\\', '1.5'])('takes "%s" as it stands', (search) => {
    const only = wanted({ ...EVERYTHING, search });
    expect(only(line({ message: `before ${search} behind` }))).toBe(true);
    expect(only(line({ message: 'aab c x 125' }))).toBe(false);
  });

  test('does not find what is not there', () => {
    expect(wanted({ ...EVERYTHING, search: 'sector 10' })(line())).toBe(false);
  });
});

test('a line as text says when, how serious, where, about what, and what', () => {
  expect(asText(line({ level: 'warn', device: '1-2' }))).toBe(
    '2026-11-23T14:05:07.123Z warn  flash 1-2: Erasing sector 9',
  );
  expect(asText(line())).toBe('2026-11-23T14:05:07.123Z info  flash: Erasing sector 9');
});

import { describe, expect, it } from 'vitest';
import { setLocale, locales } from '../paraglide/runtime.js';
import { adviceWords, findingWords, mendedWords } from './words.ts';

const say = (check: Parameters<typeof findingWords>[0]) => findingWords(check);

describe('findings', () => {
  it('say what the system told, in the words of the person, and names as they are', () => {
    expect(say({ finding: 'attached', facts: { hubs: 2, speed: 12, via: ['Dock', 'USB2.0 Hub'] } })).toBe(
      'Hubs in between: 2. [Dock · USB2.0 Hub] It runs at 12 Mbit/s.',
    );
    expect(say({ finding: 'attached', facts: { hubs: 0, via: [] } })).toMatch(
      /no hub.*does not tell how fast/,
    );
  });

  it('say the number of a problem where Windows gives one', () => {
    expect(say({ finding: 'driver-missing', facts: { problem: 28 } })).toContain('problem 28');
    expect(say({ finding: 'driver-missing', facts: {} })).not.toContain('problem');
  });

  it('say whether a rule comes too late or is for somebody else', () => {
    const file = '/etc/udev/rules.d/70-stepwise.rules';
    expect(say({ finding: 'rule-ineffective', facts: { file, seated: true } })).toContain('plugged in again');
    expect(say({ finding: 'rule-ineffective', facts: { file, seated: false } })).toContain(
      'in front of this computer',
    );
  });

  it.each(locales)('of a slow link give both rates in %s', async (locale) => {
    await setLocale(locale, { reload: false });
    const words = say({ finding: 'rate-low', facts: { rate: 40 * 1024, expected: 640 * 1024 } });
    await setLocale('en', { reload: false });
    expect(words).toMatch(/40.*640/s);
  });
});

it('pins are named to those who know what they are, and to nobody else', () => {
  expect(adviceWords('serial-pins', true)).toContain('PA10');
  expect(adviceWords('serial-pins', false)).not.toMatch(/PA10|UART/);
});

it('after a question that was closed it is said that nothing was changed', () => {
  for (const outcome of ['cancelled', 'not-authorised', 'unavailable'] as const)
    expect(mendedWords[outcome]()).toMatch(/^Nothing was changed/);
});

import { expect, it } from 'vitest';
import { QUIRKS } from '../../src-main/stm32/quirks.ts';
import { explainQuirk, QUIRK_WORDS } from './quirks.ts';

it('words are there only for quirks that exist', () => {
  const names = QUIRKS.map(({ name }) => name);
  expect([...QUIRK_WORDS.keys()].filter((name) => !names.includes(name))).toEqual([]);
});

it('each is told in the language of the person', () => {
  expect(QUIRKS.map(({ name }) => name).filter((name) => !QUIRK_WORDS.has(name))).toEqual([]);
});

it.each(QUIRKS)('$name is told in sentences', (quirk) => {
  const { title, text } = explainQuirk(quirk);
  expect(title).toMatch(/^[A-Z].*[^.]$/);
  expect(text).toMatch(/^[A-Z].*\.$/);
});

it('a quirk without words is told as the engine says it', () => {
  expect(explainQuirk({ name: 'new-one', what: 'It does something odd.' }).text).toBe(
    'It does something odd.',
  );
});

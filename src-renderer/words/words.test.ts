import { describe, expect, it } from 'vitest';
import { locales } from '../paraglide/runtime.js';

type Words = Readonly<Record<string, unknown>>;

const FILES = import.meta.glob<Words>('./*/*.json', { eager: true, import: 'default' });
const FOLDERS = [...new Set(Object.keys(FILES).map((path) => path.split('/')[1] ?? ''))];
const OTHERS = locales.filter((locale) => locale !== 'en');

function words(folder: string, locale: string): Words {
  return FILES[`./${folder}/${locale}.json`] ?? {};
}

/** Variants of a message are told apart inside one value; together they have its placeholders. */
function placeholders(message: unknown): string[] {
  const found = [...JSON.stringify(message ?? '').matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? '');
  return [...new Set(found)].sort();
}

/** Names and units may be the same everywhere; a text of three words or more is not. */
function isSentence(message: unknown): boolean {
  const text = JSON.stringify(message ?? '').replace(/\{\w+\}/g, '');
  return (text.match(/\p{L}{2,}/gu) ?? []).length >= 3;
}

describe.each(FOLDERS)('the words in %s', (folder) => {
  const english = words(folder, 'en');
  const keys = Object.keys(english);

  it('carry the name of their folder', () => {
    expect(keys.filter((key) => !key.startsWith(`${folder.replaceAll('-', '_')}_`))).toEqual([]);
  });

  it.each(OTHERS)('are all there in %s, and no others', (locale) => {
    expect(Object.keys(words(folder, locale)).sort()).toEqual([...keys].sort());
  });

  it.each(OTHERS)('have the same placeholders in %s', (locale) => {
    const translated = words(folder, locale);
    const differing = keys.filter(
      (key) => placeholders(translated[key]).join() !== placeholders(english[key]).join(),
    );
    expect(differing).toEqual([]);
  });

  it.each(OTHERS)('are not English in %s', (locale) => {
    const translated = words(folder, locale);
    expect(keys.filter((key) => isSentence(english[key]) && translated[key] === english[key])).toEqual([]);
  });

  it.each(locales)('are nowhere empty in %s, and hold nothing that cannot be shown', (locale) => {
    const wrong = Object.entries(words(folder, locale)).filter(
      ([, text]) => text === '' || /\p{Cc}|\uFFFD/u.test(typeof text === 'string' ? text : ''),
    );
    expect(wrong).toEqual([]);
  });
});

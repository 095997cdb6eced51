import { describe, expect, it } from 'vitest';
import { locales } from '../../../shared/locale.ts';
import { languageOf } from './language.ts';

describe('the language of menus and dialogs', () => {
  it('is the one the person chose', () => {
    expect(languageOf('ja', locales, ['de-DE'])).toBe('ja');
  });

  it.each([
    [['de-AT', 'en-US'], 'de'],
    [['pt-BR', 'es-419'], 'es'],
    [['zh-Hans-SG'], 'zh-CN'],
    [['zh'], 'zh-CN'],
    [['zh-TW', 'fr-CA'], 'zh-CN'],
    [['not a tag', 'x', 'fr'], 'fr'],
    [['pt-BR'], 'en'],
    [[], 'en'],
  ])('follows the computer: %j → %s', (preferred, language) => {
    expect(languageOf('system', locales, preferred)).toBe(language);
  });

  it('is one the maker offers', () => {
    expect(languageOf('system', ['fr', 'de'], ['ja', 'de-CH'])).toBe('de');
    expect(languageOf('system', ['fr', 'de'], ['ja', 'en'])).toBe('fr');
    expect(languageOf('ja', ['fr', 'de'], ['de'])).toBe('de');
    expect(languageOf('system', [], ['de'])).toBe('en');
  });
});

import { expect, test } from 'vitest';
import { chooseLanguage } from './language.ts';

const ALL = ['en', 'de', 'fr', 'es', 'ja', 'zh-CN'] as const;

test('what the person chose counts before what the computer prefers', () => {
  expect(chooseLanguage('ja', ['de-AT'], ALL)).toBe('ja');
});

test('a language the maker does not offer cannot be chosen', () => {
  expect(chooseLanguage('ja', ['de'], ['en', 'de'])).toBe('de');
});

test("the computer's languages are tried in their order", () => {
  expect(chooseLanguage('system', ['pt-BR', 'fr-CA', 'en'], ALL)).toBe('fr');
});

test('any Chinese is better answered in Chinese than in English', () => {
  expect(chooseLanguage('system', ['zh-Hans-SG', 'en'], ALL)).toBe('zh-CN');
});

test("without any match it is the maker's first", () => {
  expect(chooseLanguage('system', ['pt'], ['de', 'en'])).toBe('de');
});

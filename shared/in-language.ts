import type { Locale, LocalText } from './locale.ts';

/** The text in this language, or in English. */
export function inLanguage(text: LocalText, language: Locale): string {
  return text[language] ?? text.en;
}

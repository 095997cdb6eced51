import type { Locale } from './locale.ts';

/** The text in this language, or in English. */
export function inLanguage(
  text: { readonly en: string; readonly [language: string]: string | undefined },
  language: Locale,
): string {
  return text[language] ?? text.en;
}

import type { Locale } from '../../../shared/locale.ts';
import type { Settings } from '../../../shared/settings.ts';

/**
 * The language of what the system draws for us, by the rule of the screens: the one the person chose, else the first of
 * the computer's that the maker offers, else the maker's first. `de-AT` is served by `de`.
 * @param preferred BCP 47 tags, best first
 */
export function languageOf(
  chosen: Settings['language'],
  offered: readonly Locale[],
  preferred: readonly string[],
): Locale {
  const wanted = chosen === 'system' ? preferred : [chosen, ...preferred];
  const served = wanted.flatMap((tag) => [
    ...offered.filter((locale) => locale === tag),
    ...offered.filter((locale) => primary(locale) === primary(tag)),
  ]);
  return served[0] ?? offered[0] ?? 'en';
}

function primary(tag: string): string | undefined {
  return tag.split('-')[0];
}

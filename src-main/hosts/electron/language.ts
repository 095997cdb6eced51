import { locales, type Locale } from '../../../shared/locale.ts';
import type { Settings } from '../../../shared/settings.ts';

/**
 * The language of what the system draws for us: the one the person chose, else the first of the computer's that the
 * maker offers, else the maker's first.
 * @param preferred BCP 47 tags, best first
 */
export function languageOf(
  chosen: Settings['language'],
  offered: readonly Locale[],
  preferred: readonly string[],
): Locale {
  if (chosen !== 'system') return chosen;
  const known = preferred.flatMap((tag) => closest(tag) ?? []);
  return known.find((locale) => offered.includes(locale)) ?? offered[0] ?? 'en';
}

/** `de-AT` is served by `de`. Of Chinese, only what is written in simplified characters is ours. */
function closest(tag: string): Locale | undefined {
  if (!isTag(tag)) return undefined;
  const { language, script } = new Intl.Locale(tag).maximize();
  return locales.find((locale) => {
    const ours = new Intl.Locale(locale).maximize();
    return ours.language === language && ours.script === script;
  });
}

function isTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

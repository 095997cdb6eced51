import type { Locale } from '../../shared/locale.ts';

/**
 * The language of the screens: the one the person chose, else the first of the computer's that the maker offers, else
 * the first the maker offers. `zh` and `zh-Hans` are taken for `zh-CN`.
 */
export function chooseLanguage(
  chosen: Locale | 'system',
  preferred: readonly string[],
  offered: readonly Locale[],
): Locale {
  if (chosen !== 'system' && offered.includes(chosen)) return chosen;
  for (const tag of preferred) {
    const found =
      offered.find((each) => each === tag) ?? offered.find((each) => primary(each) === primary(tag));
    if (found) return found;
  }
  return offered[0] ?? 'en';
}

function primary(tag: string): string | undefined {
  return tag.split('-')[0];
}

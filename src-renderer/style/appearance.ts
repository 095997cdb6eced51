/** Puts theme, language and the maker's colour on the page. */
import { accentOn, GROUNDS } from '../../shared/contrast.ts';
import type { Locale } from '../../shared/locale.ts';
import type { Settings } from '../../shared/settings.ts';

export function showAccent(wished: string): void {
  for (const [theme, ground] of Object.entries(GROUNDS)) {
    const { accent, on } = accentOn(ground, wished);
    document.documentElement.style.setProperty(`--accent-${theme}`, accent);
    document.documentElement.style.setProperty(`--on-accent-${theme}`, on);
  }
}

export function showTheme(theme: Settings['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

export function showLanguage(language: Locale): void {
  document.documentElement.lang = language;
}

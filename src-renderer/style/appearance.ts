/** Puts theme, language and the maker's colour on the page. */
import type { Locale } from '../../shared/locale.ts';
import type { Settings } from '../../shared/settings.ts';
import { accentOn } from './contrast.ts';

/** The least favourable background of each theme: --sunken and --surface. */
const GROUNDS = { light: '#eef0f3', dark: '#1a1e25' } as const;

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

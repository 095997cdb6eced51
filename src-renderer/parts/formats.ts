/** The formatters of Intl, each made once: making one takes many times as long as using it. */
import type { Locale } from '../../shared/locale.ts';

const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();

export function numberFormat(locale: Locale, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(numbers, locale, options, () => new Intl.NumberFormat(locale, options));
}

export function dateFormat(locale: Locale, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(dates, locale, options, () => new Intl.DateTimeFormat(locale, options));
}

function kept<F>(formats: Map<string, F>, locale: Locale, options: object, make: () => F): F {
  const name = `${locale} ${JSON.stringify(options)}`;
  const format = formats.get(name) ?? make();
  formats.set(name, format);
  return format;
}

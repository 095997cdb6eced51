/** Which hardware a release fits, as one types it: `--refuse-stepping "V=why"`, again with `"V=de:warum"` for German. */
import { InvalidArgumentError } from 'commander';
import type { LocalText } from '../../../../shared/locale.ts';
import type { Release } from '../../../../shared/release.ts';
import { usage } from './repo-options.ts';

/** A text in one language. */
export interface Text {
  /** BCP 47. */
  readonly language: string;
  readonly text: string;
}

export interface Rule {
  readonly values: readonly string[];
  readonly reason: Text;
}

const LANGUAGE = /^([a-z]{2,3}(?:-[A-Za-z]{2,4})?)([=:])(.+)$/s;

/** `LANG=TEXT`, or a text in English. */
export function parseText(text: string): Text {
  return inLanguage(text, '=');
}

function inLanguage(text: string, mark: '=' | ':'): Text {
  const [, language, found, rest] = LANGUAGE.exec(text) ?? [];
  return language !== undefined && rest !== undefined && found === mark
    ? { language, text: rest.trim() }
    : { language: 'en', text: text.trim() };
}

/** `VALUE,VALUE=REASON`. */
export function ruleFrom(text: string): Rule {
  const [, values = '', reason = ''] = /^([^=]+)=(.+)$/s.exec(text) ?? [];
  if (reason.trim() === '')
    throw new InvalidArgumentError('A rule is values and the reason people are told: "V,X=the reason".');
  return { values: values.split(',').map((value) => value.trim()), reason: inLanguage(reason, ':') };
}

/** @throws usage where there is none in English, which everybody falls back to */
export function texts(all: readonly Text[], option: string): LocalText {
  const { en, ...others } = Object.fromEntries(all.map(({ language, text }) => [language, text]));
  if (en === undefined) throw usage(`${option} is needed in English as well, without a language before it.`);
  return { en, ...others };
}

export interface HardwareOptions {
  readonly chip?: readonly number[];
  readonly onlyStepping?: readonly Rule[];
  readonly refuseStepping?: readonly Rule[];
  readonly onlyBootloader?: readonly Rule[];
  readonly refuseBootloader?: readonly Rule[];
  readonly flashSize?: number;
}

/** @throws usage */
export function hardware(options: HardwareOptions): Omit<Release['fits'], 'products'> {
  const { chip = [], flashSize } = options;
  const steppings = oneRule('stepping', options.onlyStepping, options.refuseStepping, String);
  const bootloaders = oneRule('bootloader', options.onlyBootloader, options.refuseBootloader, bootloaderId);
  return {
    chips: chip,
    ...(steppings && { steppings }),
    ...(bootloaders && { bootloaders }),
    ...(flashSize !== undefined && { flashSize }),
  };
}

function oneRule<T>(
  what: string,
  only: readonly Rule[] | undefined,
  refused: readonly Rule[] | undefined,
  read: (value: string) => T,
) {
  if (only && refused) throw usage(`--only-${what} and --refuse-${what} contradict each other.`);
  const given = only ?? refused;
  if (!given) return undefined;
  const option = only ? `--only-${what}` : `--refuse-${what}`;
  return {
    rule: only ? ('only' as const) : ('not' as const),
    values: [...new Set(given.flatMap(({ values }) => values))].map(read),
    reason: texts(
      given.map(({ reason }) => reason),
      option,
    ),
  };
}

function bootloaderId(text: string): number {
  if (!/^0x[0-9a-f]{1,2}$/i.test(text)) throw usage(`${text} is no bootloader ID; 0x91 is one.`);
  return Number(text);
}

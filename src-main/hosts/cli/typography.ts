/**
 * What a terminal can show. All text is written with the signs a typesetter would use; where a terminal has only ASCII
 * they are replaced one by one, so that nothing changes its width. Colour never carries meaning alone.
 */
import type { Output, Surroundings } from './surroundings.ts';

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

export interface Typography {
  /** As this terminal shows it. */
  readonly text: (text: string) => string;
  /** Coloured where that is wanted; apply it after {@link text} and after everything that counts characters. */
  readonly paint: (colour: Colour, text: string) => string;
}

const PLAIN: Typography = { text: (text) => text, paint: (_colour, text) => text };

const CODES: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  cyan: [36, 39],
};

/** Each by one character. */
const IN_ASCII: Readonly<Record<string, string>> = {
  '·': '-',
  '–': '-',
  '—': '-',
  '…': '~',
  '×': 'x',
  '→': '>',
  '✓': '+',
  '✗': '!',
  '█': '#',
  '░': '.',
  '“': '"',
  '”': '"',
  '’': "'",
};

export function typographyFor(
  output: Output,
  { environment, platform }: Pick<Surroundings, 'environment' | 'platform'>,
): Typography {
  const unicode = showsUnicode(environment, platform);
  const colour = output.isTTY && !environment.NO_COLOR && environment.TERM !== 'dumb';
  return {
    text: unicode ? PLAIN.text : toAscii,
    paint: colour ? painted : PLAIN.paint,
  };
}

function showsUnicode(environment: Surroundings['environment'], platform: NodeJS.Platform): boolean {
  if (environment.TERM === 'dumb') return false;
  // The old Windows console has a code page; whatever sets one of these is newer than that.
  if (platform === 'win32')
    return [environment.WT_SESSION, environment.TERM_PROGRAM, environment.TERM].some(Boolean);
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return /utf-?8/i.test(locale);
}

function toAscii(text: string): string {
  return text.replace(/[·–—…×→✓✗█░“”’]/g, (sign) => IN_ASCII[sign] ?? '?');
}

function painted(colour: Colour, text: string): string {
  const [on, off] = CODES[colour];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/** A running text is easiest to read below this many characters in a line. */
const WIDEST = 100;
const NARROWEST = 40;

/** How many characters of running text go into a line of this output. */
export function textWidth(output: Output): number {
  return Math.max(NARROWEST, Math.min(WIDEST, output.columns - 1));
}

/** Breaks at blanks; a word that is too long stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

/** Cut to `width` characters, with a sign that something is missing. */
export function fitted(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Makes of a half sentence a whole one: a capital at its start, a full stop at its end. */
export function sentence(text: string): string {
  const whole = text.trim();
  const start = whole.charAt(0).toUpperCase() + whole.slice(1);
  return /[.!?:]$/.test(start) ? start : `${start}.`;
}

/** Contrast of colours as WCAG 2.2 measures it (§1.4.3), and a maker's accent made readable on both themes. */

/** `#RRGGBB`. */
export type Colour = string;

/** The least favourable background of each theme of the screens: --sunken and --surface (`tokens.css`). */
export const GROUNDS = { light: '#eef0f3', dark: '#1a1e25' } as const;

/** Least contrast of text. */
export const READABLE = 4.5;

type Channels = readonly number[];

const INK: Colour = '#14181f';
const PAPER: Colour = '#ffffff';
/** How much an accent moves towards black or white at a time. */
const STEP = 0.04;

function channels(colour: Colour): Channels {
  const value = Number.parseInt(colour.slice(1), 16);
  return [(value >> 16) & 0xff, (value >> 8) & 0xff, value & 0xff];
}

function colourOf(of: Channels): Colour {
  return `#${of.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}

function luminance(colour: Colour): number {
  const [red = 0, green = 0, blue = 0] = channels(colour).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** 1 … 21. */
export function contrast(a: Colour, b: Colour): number {
  const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

export interface Accent {
  /** The accent, as near to the maker's as can be read on `ground`. */
  readonly accent: Colour;
  /** Text on the accent. */
  readonly on: Colour;
}

/** The maker's accent for a theme whose least favourable background is `ground`. */
export function accentOn(ground: Colour, wished: Colour): Accent {
  const towards = luminance(ground) > 0.5 ? 0 : 255;
  const from = channels(wished);
  let accent = colourOf(from);
  for (let share = STEP; contrast(accent, ground) < READABLE && share < 1 + STEP; share += STEP) {
    const part = Math.min(share, 1);
    accent = colourOf(from.map((channel) => channel + (towards - channel) * part));
  }
  return { accent, on: contrast(accent, PAPER) >= READABLE ? PAPER : INK };
}

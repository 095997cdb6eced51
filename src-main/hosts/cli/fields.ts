/** Names on the left, what belongs to them on the right, broken where the line ends. */
import { wrap } from './typography.ts';

export type Field = readonly [name: string, lines: readonly string[]];

const GAP = 2;
/** So wide at least, that several blocks of fields stand in line. */
const NARROWEST = 9;
/** Continued lines stand a little further in, so that the next one is not mistaken for them. */
const CONTINUED = '  ';

/** @param width characters of a line. Fields without lines are left out. */
export function fieldLines(fields: readonly Field[], width: number): string[] {
  const shown = fields.filter(([, lines]) => lines.length > 0);
  const indent = Math.max(NARROWEST, ...shown.map(([name]) => name.length + GAP));
  return shown.flatMap(([name, lines]) =>
    lines
      .flatMap((line) => hanging(line, width - indent))
      .map((line, at) => (at === 0 ? name : '').padEnd(indent) + line),
  );
}

function hanging(line: string, width: number): string[] {
  const [first = '', ...rest] = wrap(line, width);
  if (rest.length === 0) return [first];
  return [first, ...wrap(rest.join(' '), width - CONTINUED.length).map((each) => CONTINUED + each)];
}

/** The foot of a help text: what one would type, and what that does. */

/** What fits beside each other on the narrowest usual terminal. */
const LINE = 79;

export function examples(rows: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...rows.map(([command]) => command.length));
  const beside = rows.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`.trimEnd());
  const fits = beside.every((line) => line.length <= LINE);
  const below = rows.flatMap(([command, what]) => [`  ${command}`, `      ${what}`]);
  return ['', 'Examples:', ...(fits ? beside : below)].join('\n');
}

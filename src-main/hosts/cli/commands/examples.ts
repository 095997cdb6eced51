/** The foot of a help text: what one would type, and what that does. */
export function examples(rows: readonly (readonly [command: string, what: string])[]): string {
  const width = Math.max(...rows.map(([command]) => command.length));
  return ['', 'Examples:', ...rows.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`)].join(
    '\n',
  );
}

/** The few pieces of Markdown that the pages of docs/reference/ are made of. */

/** Words of the program as they are; only what VitePress or a table would take for its own signs is masked. */
export function plain(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('{{', '{&#123;').replaceAll('|', '\\|');
}

export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n');
}

export function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n');
}

/** A page that nobody edits by hand says so. */
export function page(title: string, ...parts: readonly string[]): string {
  const origin = `<!-- Written by \`npm run docs:reference\` from the code. -->`;
  return `${[origin, `# ${title}`, ...parts.filter((part) => part !== '')].join('\n\n')}\n`;
}

/** `0x450` */
export function hexadecimal(value: number, digits = 2): string {
  return `0x${value.toString(16).toUpperCase().padStart(digits, '0')}`;
}

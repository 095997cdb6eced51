/**
 * Comma-separated values as RFC 4180 writes them, for spreadsheets. Spreadsheets take a text that begins like a formula
 * for one and run it, and part of what stands here was said by devices that anybody may have made: such a text gets an
 * apostrophe in front, by which spreadsheets know text. Numbers are written by us and stay numbers.
 */
export type Cell = string | number | undefined;

/** By this mark spreadsheets know UTF-8; without it umlauts and kanji break. */
const BYTE_ORDER_MARK = '\uFEFF';
const LINE_END = '\r\n';

/** What begins a formula: `=`, `+`, `-`, `@`, also full-width, and blanks before which a spreadsheet cuts off. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/;
const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

export function csv(rows: readonly (readonly Cell[])[]): string {
  return BYTE_ORDER_MARK + rows.map((row) => row.map(cell).join(',') + LINE_END).join('');
}

function cell(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

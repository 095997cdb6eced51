import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csv } from './csv.ts';

/** A reader of RFC 4180, written from the standard and not from the writer. */
function readCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let at = 1; // behind the byte order mark
  while (at < text.length) {
    let value = '';
    if (text[at] === '"') {
      for (at += 1; ; at += 1) {
        if (text[at] === '"' && text[at + 1] !== '"') break;
        if (text[at] === '"') at += 1;
        value += text[at] ?? '';
      }
      at += 1;
    } else {
      while (text[at] !== ',' && text[at] !== '\r') value += text[at++] ?? '';
    }
    row.push(value);
    if (text[at] === ',') at += 1;
    else {
      rows.push(row);
      row = [];
      at += 2;
    }
  }
  return rows;
}

const content = (text: string) => text.slice(1);

test('a spreadsheet is told that it is UTF-8', () => {
  expect(csv([['ä']])).toBe('\uFEFFä\r\n');
});

test('commas, quotes and line breaks stay inside their cell', () => {
  expect(content(csv([['a,b', 'say "hi"', 'two\nlines']]))).toBe('"a,b","say ""hi""","two\nlines"\r\n');
});

test('what is not known is an empty cell', () => {
  expect(content(csv([['a', undefined, 3]]))).toBe('a,,3\r\n');
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1', '＋1', '－1', '＠1'])(
  'a text that would be taken for a formula is none: %j',
  (text) => {
    expect(readCsv(csv([[text]]))).toEqual([[`'${text}`]]);
  },
);

test('a number of ours stays a number, also a negative one', () => {
  expect(content(csv([[-1.5]]))).toBe('-1.5\r\n');
});

test('whatever a device calls itself is read back as it was, or as text with an apostrophe', () => {
  const text = fc.string({
    unit: fc.constantFrom(',', '"', '\r', '\n', '\t', '=', '-', '＝', "'", ' ', 'a', 'ä'),
  });
  const rows = fc.array(fc.array(text, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
  fc.assert(
    fc.property(rows, (written) => {
      const read = readCsv(csv(written));
      const expected = written.map((row) =>
        row.map((text) => (/^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text)),
      );
      expect(read).toEqual(expected);
    }),
  );
});

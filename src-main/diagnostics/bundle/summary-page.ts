/** The first thing to read in a bundle: one page that works offline, runs nothing, and refers to nothing outside. */
import type { Chapter, Digest, Tone } from './digest.ts';

/** Colour never carries meaning alone. */
const MARKS: Readonly<Record<Tone, string>> = { bad: '✗', doubtful: '!', good: '✓', plain: '' };

const STYLE = `
:root { color-scheme: light dark; --ink: light-dark(#14181f, #e8ebf0); --soft: light-dark(#525c6b, #a3adbb);
  --ground: light-dark(#f6f7f9, #12151a); --card: light-dark(#ffffff, #1b2027); --line: light-dark(#dde1e7, #323a45);
  --bad: light-dark(#b3261e, #ff8a80); --doubtful: light-dark(#8a5300, #f5b95a); --good: light-dark(#1a6b3a, #7fd6a0); }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 32px 24px 64px; max-width: 1080px; color: var(--ink); background: var(--ground);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 28px; line-height: 1.2; margin: 0 0 8px; }
h2 { font-size: 18px; margin: 0 0 8px; overflow-wrap: anywhere; }
p { margin: 0 0 8px; color: var(--soft); }
section { margin-top: 16px; padding: 16px 24px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
table { width: 100%; border-collapse: collapse; table-layout: fixed; }
td { padding: 5px 0; border-top: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tr:first-child td { border-top: 0; }
td:first-child { width: 22%; padding-right: 16px; color: var(--soft); font: 13px/1.6 ui-monospace, monospace; }
.bad { color: var(--bad); font-weight: 600; } .doubtful { color: var(--doubtful); } .good { color: var(--good); }
`;

const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

export function summaryPage({ title, lead, chapters }: Digest): string {
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${escaped(title)}</h1>`,
    `<p>${escaped(lead)}</p>`,
    ...chapters.map(chapterHtml),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function chapterHtml({ title, lead, items }: Chapter): string {
  const rows = items.map(
    ({ label, text, tone }) =>
      `<tr><td>${escaped(label)}</td><td class="${tone}">${escaped(`${MARKS[tone]} ${text}`.trim())}</td></tr>`,
  );
  return [
    '<section>',
    `<h2>${escaped(title)}</h2>`,
    ...(lead === undefined ? [] : [`<p>${escaped(lead)}</p>`]),
    ...(rows.length > 0 ? ['<table>', ...rows, '</table>'] : []),
    '</section>',
  ].join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

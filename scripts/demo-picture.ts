/** Takes the README's picture: runs the demo as it is and draws what it prints. `npm run picture` */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

const PICTURE = 'docs/demo.svg';
const FONT_SIZE = 14;
const LINE_HEIGHT = 20;
const CHARACTER_WIDTH = FONT_SIZE * 0.6;
const MARGIN = 24;
const PROMPT = '$ npm run demo';

const output = execFileSync(process.execPath, ['dist/src-main/cli.js', 'demo'], { encoding: 'utf8' });
const lines = [PROMPT, '', ...output.trimEnd().split('\n')];
const width = Math.ceil(Math.max(...lines.map((line) => line.length)) * CHARACTER_WIDTH) + 2 * MARGIN;
const height = lines.length * LINE_HEIGHT + 2 * MARGIN;

const escaped = (text: string) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
const colour = (line: string) => {
  if (line === PROMPT) return '#8b949e';
  if (line.startsWith('✓')) return '#3fb950';
  return '#e6edf3';
};
const text = lines.map((line, i) => {
  const y = MARGIN + (i + 0.75) * LINE_HEIGHT;
  return `<text x="${MARGIN}" y="${y}" fill="${colour(line)}" xml:space="preserve">${escaped(line)}</text>`;
});

writeFileSync(
  PICTURE,
  `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"
  font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="${FONT_SIZE}">
<rect width="100%" height="100%" rx="10" fill="#0d1117"/>
${text.join('\n')}
</svg>
`,
);

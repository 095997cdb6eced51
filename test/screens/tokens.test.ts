/** The colours of both themes, as they stand in the style sheet: whatever carries text or meaning can be seen. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { contrast, READABLE } from '../../shared/contrast.ts';

const tokens = readFileSync(new URL('../../src-renderer/style/tokens.css', import.meta.url), 'utf8');
/** Least contrast of what is not text, WCAG 2.2 §1.4.11. */
const VISIBLE = 3;

/** Both themes of a token written as `light-dark(#…, #…)`. */
function token(name: string): readonly string[] {
  const found = new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(tokens);
  if (!found) throw new Error(`no token --${name}`);
  return found.slice(1);
}

test.each(['ink', 'ink-soft', 'success', 'warning', 'danger', 'info'])(
  'text in --%s can be read on every background of its theme',
  (name) => {
    for (const ground of ['ground', 'surface', 'sunken'])
      token(name).forEach((text, theme) => {
        expect(contrast(text, token(ground)[theme] ?? text)).toBeGreaterThanOrEqual(READABLE);
      });
  },
);

test('the edge of a control can be told from its background', () => {
  token('line-strong').forEach((line, theme) => {
    expect(contrast(line, token('surface')[theme] ?? line)).toBeGreaterThanOrEqual(VISIBLE);
  });
});

test('words on a dangerous button can be read', () => {
  token('on-danger').forEach((text, theme) => {
    expect(contrast(text, token('danger')[theme] ?? text)).toBeGreaterThanOrEqual(READABLE);
  });
});

import { describe, expect, it } from 'vitest';
import { FakeOutput } from '../../../test/cli/fake-world.ts';
import { fitted, sentence, textWidth, typographyFor, wrap } from './typography.ts';

function terminal(isTTY: boolean, columns = 80): FakeOutput {
  const output = new FakeOutput();
  output.isTTY = isTTY;
  output.columns = columns;
  return output;
}

describe('signs', () => {
  it.each([
    [{ LANG: 'de_DE.UTF-8' }, 'linux', '✓ 4 · 8'],
    [{ LANG: 'C', LC_ALL: 'en_US.utf8' }, 'linux', '✓ 4 · 8'],
    [{ LANG: 'en_US.UTF-8', LC_ALL: 'C' }, 'linux', '+ 4 - 8'],
    [{}, 'linux', '+ 4 - 8'],
    [{ LANG: 'en_US.UTF-8', TERM: 'dumb' }, 'linux', '+ 4 - 8'],
    [{}, 'win32', '+ 4 - 8'],
    [{ WT_SESSION: 'x' }, 'win32', '✓ 4 · 8'],
  ] as const)('%j on %s shows %s', (environment, platform, shown) => {
    expect(typographyFor(terminal(true), { environment, platform }).text('✓ 4 · 8')).toBe(shown);
  });

  it('are replaced without a change of width', () => {
    const { text } = typographyFor(terminal(false), { environment: {}, platform: 'linux' });
    const signs = '·–—…×→✓✗█░“”’';
    expect(text(signs)).toHaveLength(signs.length);
    expect(text(signs)).toMatch(/^[ -~]*$/);
  });
});

describe('colour', () => {
  const paint = (output: FakeOutput, environment: Record<string, string>) =>
    typographyFor(output, { environment, platform: 'linux' }).paint('red', 'x');

  it('is for terminals', () => {
    expect(paint(terminal(true), {})).toBe('\u001b[31mx\u001b[39m');
    expect(paint(terminal(false), {})).toBe('x');
  });

  it('is left out where it is not wanted', () => {
    expect(paint(terminal(true), { NO_COLOR: '1' })).toBe('x');
    expect(paint(terminal(true), { TERM: 'dumb' })).toBe('x');
  });
});

it('text is as wide as it reads well, never beyond the terminal', () => {
  expect([20, 80, 200].map((columns) => textWidth(terminal(true, columns)))).toEqual([40, 79, 100]);
});

it('lines break at blanks, and a long word stands alone', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('a verylongword b', 5)).toEqual(['a', 'verylongword', 'b']);
  expect(wrap('', 5)).toEqual(['']);
});

it('what is cut off leaves a sign', () => {
  expect(fitted('abcdef', 6)).toBe('abcdef');
  expect(fitted('abcdef', 4)).toBe('abc…');
});

it('half a sentence becomes a whole one', () => {
  expect(sentence('the sector is gone')).toBe('The sector is gone.');
  expect(sentence(' Done! ')).toBe('Done!');
});

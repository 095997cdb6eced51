import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notesOf, type Block, type Inline } from './notes.ts';

const said = (text: string): Inline => ({ kind: 'text', text });

/** Every word a person would see. */
function words(blocks: readonly Block[]): string {
  const inline = (parts: readonly Inline[]): string =>
    parts.map((part) => ('text' in part ? part.text : 'of' in part ? inline(part.of) : '\n')).join('');
  return blocks
    .map((block) => {
      if (block.kind === 'code') return block.text;
      return block.kind === 'list' ? block.items.map(words).join('\n') : inline(block.of);
    })
    .join('\n');
}

describe('notes on a release', () => {
  it('are headings, paragraphs and lists', () => {
    expect(notesOf('# New\n\nIt **measures** twice.\n\n- one\n- *two*')).toEqual([
      { kind: 'heading', of: [said('New')] },
      { kind: 'paragraph', of: [said('It '), { kind: 'strong', of: [said('measures')] }, said(' twice.')] },
      {
        kind: 'list',
        ordered: false,
        items: [
          [{ kind: 'paragraph', of: [said('one')] }],
          [{ kind: 'paragraph', of: [{ kind: 'emphasis', of: [said('two')] }] }],
        ],
      },
    ]);
  });

  it('that are plain text stay as they are', () => {
    expect(words(notesOf('Measures twice & starts < 1 s.'))).toBe('Measures twice & starts < 1 s.');
  });

  it.each([
    '<script>alert(1)</script>',
    'before <img src=x onerror=alert(1)> behind',
    '<iframe src="https://evil.example"></iframe>',
  ])('keep HTML as the letters it is: %s', (hostile) => {
    expect(words(notesOf(hostile))).toBe(hostile);
  });

  it('show where a link leads, and lead nowhere', () => {
    expect(words(notesOf('[our page](https://maker.example/a)'))).toBe('our page (https://maker.example/a)');
    expect(words(notesOf('[click](javascript:alert(1))'))).toContain('javascript:alert(1)');
    expect(words(notesOf('https://maker.example'))).toBe('https://maker.example');
  });

  it('load no pictures', () => {
    expect(words(notesOf('![a spy](https://evil.example/pixel.png)'))).toBe('a spy');
  });

  it('of any text become plain values, whatever is in it', () => {
    const kinds = ['heading', 'paragraph', 'list', 'code'];
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const block of notesOf(text)) expect(kinds).toContain(block.kind);
      }),
    );
  });
});

/**
 * A maker's notes on a release: Markdown, reduced to what a note needs. It becomes a tree of plain values that the screen
 * draws as text, so nothing in it can run, load or lead anywhere: HTML stays the letters it is, a link is its words and
 * its address, a picture its description.
 */
import { marked, type Token, type Tokens } from 'marked';

export type Inline =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'strong' | 'emphasis'; readonly of: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'break' };

export type Block =
  | { readonly kind: 'heading'; readonly of: readonly Inline[] }
  | { readonly kind: 'paragraph'; readonly of: readonly Inline[] }
  | { readonly kind: 'list'; readonly ordered: boolean; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'code'; readonly text: string };

export function notesOf(markdown: string): readonly Block[] {
  return marked.lexer(markdown, { gfm: true }).flatMap(blockOf);
}

function blockOf(token: Token): readonly Block[] {
  switch (token.type) {
    case 'space':
    case 'hr':
    case 'def':
      return [];
    case 'heading':
      return [{ kind: 'heading', of: inlineOf(token.tokens ?? []) }];
    case 'code':
      return [{ kind: 'code', text: (token as Tokens.Code).text }];
    case 'list': {
      const { ordered, items } = token as Tokens.List;
      return [{ kind: 'list', ordered, items: items.map((item) => item.tokens.flatMap(blockOf)) }];
    }
    case 'blockquote':
      return (token.tokens ?? []).flatMap(blockOf);
    default:
      return [{ kind: 'paragraph', of: isParent(token) ? inlineOf(token.tokens) : [text(token.raw.trim())] }];
  }
}

function inlineOf(tokens: readonly Token[]): readonly Inline[] {
  return tokens.flatMap((token): readonly Inline[] => {
    switch (token.type) {
      case 'strong':
        return [{ kind: 'strong', of: inlineOf(token.tokens ?? []) }];
      case 'em':
        return [{ kind: 'emphasis', of: inlineOf(token.tokens ?? []) }];
      case 'codespan':
        return [{ kind: 'code', text: (token as Tokens.Codespan).text }];
      case 'br':
        return [{ kind: 'break' }];
      case 'link': {
        const { href } = token as Tokens.Link;
        const own = inlineOf(token.tokens ?? []);
        return token.raw === href || token.raw === `<${href}>` ? own : [...own, text(` (${href})`)];
      }
      case 'image':
        return [text((token as Tokens.Image).text)];
      case 'text':
      case 'escape':
        return [text((token as Tokens.Text).text)];
      default:
        return [text(token.raw)];
    }
  });
}

function isParent(token: Token): token is Token & { tokens: Token[] } {
  return 'tokens' in token && Array.isArray(token.tokens);
}

function text(content: string): Inline {
  return { kind: 'text', text: content };
}

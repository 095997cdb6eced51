/** The documents of the repository that people wrote, and what is in them. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { marked, type Token, type Tokens } from 'marked';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Paths of all Markdown files of the repository's top and of docs/, with `/` between. */
export function documents(): readonly string[] {
  const markdownIn = (folder: string, recursive: boolean) =>
    readdirSync(`${ROOT}/${folder}`, { recursive, encoding: 'utf8' })
      .map((path) => path.replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.md'));
  return [...markdownIn('.', false), ...markdownIn('docs', true).map((path) => `docs/${path}`)];
}

/** Everything in a document, with what lies in lists, tables and links. @param path as {@link documents} has it */
export function tokensOf(path: string): readonly Token[] {
  const tokens: Token[] = [];
  void marked.walkTokens(marked.lexer(readFileSync(`${ROOT}/${path}`, 'utf8')), (token) => {
    tokens.push(token);
  });
  return tokens;
}

export function isOf<T extends keyof TokensByType>(type: T): (token: Token) => token is TokensByType[T] {
  return (token): token is TokensByType[T] => token.type === type;
}

interface TokensByType {
  readonly heading: Tokens.Heading;
  readonly link: Tokens.Link;
  readonly image: Tokens.Image;
  readonly code: Tokens.Code;
  readonly codespan: Tokens.Codespan;
}

/** Links in README, CONTRIBUTING, SECURITY and docs/, as they are followed where the repository is read. */
import { existsSync } from 'node:fs';
import { posix } from 'node:path';
import { expect, it } from 'vitest';
import { documents, isOf, ROOT, tokensOf } from './documents.ts';

/** As GitHub names a heading. A second one of the same name gets a number, which no link should have to know. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(/\s/g, '-');
}

const anchors = new Map(
  documents().map((path) => [
    path,
    new Set(
      tokensOf(path)
        .filter(isOf('heading'))
        .map(({ text }) => anchorOf(text)),
    ),
  ]),
);

function fault(path: string, link: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [file = '', anchor] = link.split('#');
  const target = file === '' ? path : posix.join(posix.dirname(path), file);
  if (!existsSync(`${ROOT}/${target}`)) return `${link}: no such file`;
  if (anchor === undefined || anchors.get(target)?.has(anchor)) return undefined;
  return `${link}: no such heading`;
}

it.each(documents())('%s: every link leads to a file, and to a heading in it', (path) => {
  const tokens = tokensOf(path);
  const links = [...tokens.filter(isOf('link')), ...tokens.filter(isOf('image'))].map(({ href }) => href);
  expect(links.flatMap((link) => fault(path, link) ?? [])).toEqual([]);
});

it.each(documents())('%s: a page fetches nothing from another server', (path) => {
  const pictures = tokensOf(path).filter(isOf('image'));
  expect(pictures.map(({ href }) => href).filter((href) => /^[a-z]+:/.test(href))).toEqual([]);
});

/**
 * Looks at the site as it was built: every link within it leads to a file that is there and to a heading that is there,
 * and no page takes anything from another server.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';

interface Page {
  readonly ids: ReadonlySet<string>;
  readonly links: readonly string[];
  /** Scripts, styles, pictures: what is fetched without being asked for. */
  readonly parts: readonly string[];
}

const ORIGIN = 'http://site.invalid';

/** @throws with every fault, one a line */
export function checkSite(folder: string): void {
  const files = filesOf(folder);
  const pages = new Map(
    files.filter((file) => file.endsWith('.html')).map((file) => [file, pageIn(join(folder, file))]),
  );
  const faults = [...pages].flatMap(([file, page]) => [
    ...page.links.flatMap((link) => dead(file, link, files, pages)),
    ...page.parts.filter(isElsewhere).map((part) => `${file}: takes ${part} from another server`),
  ]);
  if (faults.length > 0) throw new Error(`The site is not whole:\n${faults.join('\n')}`);
}

function pageIn(path: string): Page {
  const html = readFileSync(path, 'utf8');
  const all = (pattern: RegExp) => [...html.matchAll(pattern)].map((match) => unescaped(match[1] ?? ''));
  return {
    ids: new Set(all(/\sid="([^"]*)"/g)),
    links: all(/<a\s[^>]*?href="([^"]*)"/g),
    parts: [...all(/<link\s[^>]*?href="([^"]*)"/g), ...all(/\ssrc="([^"]*)"/g)],
  };
}

function dead(
  file: string,
  link: string,
  files: readonly string[],
  pages: ReadonlyMap<string, Page>,
): readonly string[] {
  if (isElsewhere(link)) return [];
  const { pathname, hash } = new URL(link, `${ORIGIN}/${file}`);
  const path = decodeURIComponent(pathname).slice(1);
  const target = path === '' || path.endsWith('/') ? `${path}index.html` : path;
  if (!files.includes(target)) return [`${file}: ${link} leads nowhere`];
  const heading = decodeURIComponent(hash.slice(1));
  if (heading === '' || pages.get(target)?.ids.has(heading)) return [];
  return [`${file}: ${link} leads to no heading`];
}

function isElsewhere(link: string): boolean {
  return /^(?!data:)[a-z]+:|^\/\//i.test(link);
}

function unescaped(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Paths below a folder, with `/` between. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll(sep, posix.sep),
    );
}

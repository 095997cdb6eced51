/**
 * The pages of docs/reference/ are made of the tables the program works with. They are kept in the repository, as file
 * snapshots: whoever reads it there has them without building anything, and a change of words, of a defect or of an
 * output is seen in review as its readers will see it. The test that finds a page out of date is what writes it:
 * `npm run docs:reference`.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { chipsPage } from './chips-page.ts';
import { defectsPage } from './defects-page.ts';
import { failuresPage } from './failures-page.ts';
import { schemaFiles, schemasPage } from './json-schemas.ts';
import { roomsPicture } from './rooms-picture.ts';
import { roomsOf } from './rooms.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const PAGES: Readonly<Record<string, () => string | Promise<string>>> = {
  'chips.md': chipsPage,
  'defects.md': defectsPage,
  'failures.md': failuresPage,
  'json.md': schemasPage,
  'rooms.svg': () => roomsPicture(roomsOf(ROOT)),
  ...Object.fromEntries([...schemaFiles].map(([name, content]) => [`schemas/${name}`, content])),
};

it.each(Object.entries(PAGES))('docs/reference/%s is what the code says', async (name, content) => {
  await expect(await content()).toMatchFileSnapshot(`../../docs/reference/${name}`);
});

it('docs/reference/ holds nothing else', () => {
  const files = readdirSync(`${ROOT}/docs/reference`, { recursive: true, encoding: 'utf8' });
  const expected = [...Object.keys(PAGES), 'messages.md', 'schemas'];
  expect(files.map((file) => file.replaceAll('\\', '/')).sort()).toEqual(expected.sort());
});

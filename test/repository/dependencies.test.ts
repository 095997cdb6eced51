import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';

const versions = z.record(z.string(), z.string());
const manifest = z
  .object({ dependencies: versions, devDependencies: versions })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));
const [, runs = '', tools = ''] = readFileSync('docs/dependencies.md', 'utf8').split(/^## .*$/m);

/** What stands in the rows of a table, by its first cell. */
const listed = (section: string) =>
  new Map(
    [...section.matchAll(/^\| `([^`]+)`\s*\|\s*(.*?)\s*\|$/gm)].map(([, name = '', why = '']) => [name, why]),
  );

test.each([
  ['what a package contains', runs, manifest.dependencies],
  ['what it is made and tested with', tools, manifest.devDependencies],
])('%s: every dependency has its reason, and nothing else stands there', (_, section, dependencies) => {
  const reasons = listed(section);
  expect([...reasons.keys()]).toEqual(Object.keys(dependencies).sort());
  for (const [name, why] of reasons) expect(why, name).not.toBe('');
});

test('versions are exact', () => {
  for (const [name, version] of Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }))
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
});

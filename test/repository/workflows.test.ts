/** What runs elsewhere, read here: every script and file it names is there, and it may do no more than it has to. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const permissions = z.record(z.string(), z.enum(['read', 'write', 'none']));
const step = z.strictObject({
  name: z.string().optional(),
  if: z.string().optional(),
  uses: z.string().optional(),
  run: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  env: z.record(z.string(), z.string()).optional(),
});
const job = z.looseObject({
  'runs-on': z.string(),
  'timeout-minutes': z.number(),
  needs: z.string().optional(),
  permissions: permissions.optional(),
  steps: z.array(step).min(1),
});
const workflow = z.looseObject({ name: z.string(), permissions, jobs: z.record(z.string(), job) });

const FOLDER = '.github/workflows';
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync('package.json', 'utf8')));
const scriptsNamedIn = (text: string) =>
  [...text.matchAll(/npm (?:run (?:--silent )?([\w:]+)|(test)\b)/g)].map(
    ([, named, test]) => named ?? test ?? '',
  );

describe.each(readdirSync(FOLDER))('%s', (file) => {
  const parsed = workflow.parse(parse(readFileSync(join(FOLDER, file), 'utf8')));
  const jobs = Object.values(parsed.jobs);
  const steps = jobs.flatMap((each) => each.steps);

  test('runs scripts that are there', () => {
    const named = steps.flatMap(({ run = '' }) => scriptsNamedIn(run));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  test('every step does one thing', () => {
    for (const each of steps)
      expect(Number(each.run !== undefined) + Number(each.uses !== undefined)).toBe(1);
  });

  test('uses actions of the platform alone, each in one major version everywhere', () => {
    for (const { uses } of steps) if (uses !== undefined) expect(uses).toMatch(/^actions\/[a-z-]+@v\d+$/);
  });

  test('waits for jobs that are there', () => {
    for (const { needs } of jobs) if (needs !== undefined) expect(Object.keys(parsed.jobs)).toContain(needs);
  });

  test('may read, and write only where it makes a release', () => {
    expect(parsed.permissions).toEqual({ contents: 'read' });
    const writing = Object.entries(parsed.jobs).filter(([, each]) => each.permissions !== undefined);
    expect(writing.map(([name]) => name)).toEqual(file === 'release.yml' ? ['draft'] : []);
  });

  test('keeps no credentials where foreign code runs', () => {
    for (const { uses = '', with: inputs } of steps)
      if (uses.startsWith('actions/checkout@')) expect(inputs?.['persist-credentials']).toBe(false);
  });
});

test('the same action has the same version in all workflows', () => {
  const used = readdirSync(FOLDER).flatMap((file) =>
    [...readFileSync(join(FOLDER, file), 'utf8').matchAll(/uses: (\S+)/g)].map(([, action = '']) => action),
  );
  const names = new Set(used.map((action) => action.split('@')[0]));
  expect(new Set(used).size).toBe(names.size);
});

test('.ci/run runs scripts that are there', () => {
  const named = scriptsNamedIn(readFileSync('.ci/run', 'utf8'));
  expect(named.length).toBeGreaterThan(4);
  expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('scripts of package.json run files that are there, or that are built from ones that are', () => {
  const files = Object.values(scripts).flatMap(
    (script) => script.match(/(?<=^|\s)(?:dist|test|scripts|src-\w+)\/[\w./-]+/g) ?? [],
  );
  const sources = files
    .filter((file) => file !== 'test/journeys')
    .map((file) => file.replace(/^dist\/(.*)\.js$/, '$1.ts'));
  expect(sources.filter((file) => !existsSync(file))).toEqual([]);
});

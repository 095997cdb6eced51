/** Commands and options that the documents mention are in the program, and those of `npm run` in package.json. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { createProgram } from '../../src-main/hosts/cli/program.ts';
import { FakeWorld } from '../cli/fake-world.ts';
import { documents, isOf, ROOT, tokensOf } from './documents.ts';

const world = new FakeWorld();
const program = createProgram(
  world.surroundings,
  () => Promise.resolve(),
  () => Promise.resolve(),
);
world.dispose();

const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(readFileSync(`${ROOT}/package.json`, 'utf8')));

/** Generated pages quote the program itself; what was is in the changelog. */
const WRITTEN = documents().filter((path) => !path.startsWith('docs/reference/') && path !== 'CHANGELOG.md');

/** Lines in which something is to be typed: of blocks, and in the middle of a sentence. */
function typed(path: string): readonly string[] {
  const tokens = tokensOf(path);
  return [...tokens.filter(isOf('code')), ...tokens.filter(isOf('codespan'))].flatMap(({ text }) =>
    text.replaceAll('\\\n', ' ').split('\n'),
  );
}

/** What is wrong with one command line of ours. */
function faults(line: string): readonly string[] {
  const words = line.split(/\s+/).filter((word) => word !== '');
  let command = program;
  let at = 0;
  for (; at < words.length; at++) {
    const next = command.commands.find((each) => each.name() === words[at]);
    if (!next) break;
    command = next;
  }
  const [first = ''] = words;
  const stranger = command === program && /^[a-z]/.test(first) ? [`no command ${first}`] : [];
  const known = optionsOf(command);
  const unknown = words
    .slice(at)
    .filter((word, index, rest) => /^--?[a-z]/.test(word) && !rest.slice(0, index).includes('--'))
    .map((word) => word.replace(/[.,;:)]+$/, ''))
    .filter((word) => !known.has(word));
  return [...stranger, ...unknown.map((option) => `${command.name()} has no ${option}`)].map(
    (fault) => `${fault}: stepwise ${line}`,
  );
}

function optionsOf(command: Command): ReadonlySet<string> {
  const own = [...command.options, ...(command.parent ? command.parent.options : [])];
  const all = [...own, ...program.options];
  return new Set([
    '--help',
    '-h',
    '--version',
    ...all.flatMap(({ long, short }) => [long ?? '', short ?? '']),
  ]);
}

/** From `stepwise` to what is no part of its line any more: a remark behind two blanks, a pipe, another command. */
function ours(line: string): readonly string[] {
  return [...line.matchAll(/(?:^|[\s(])stepwise +([^|&;>`]*?)(?= {3,}|$|[|&;>`])/g)].map(
    (match) => match[1] ?? '',
  );
}

it.each(WRITTEN)('%s: commands of stepwise are in its help, with their options', (path) => {
  expect(typed(path).flatMap(ours).flatMap(faults)).toEqual([]);
});

it.each(WRITTEN)('%s: what npm is to run is in package.json', (path) => {
  const named = typed(path).flatMap((line) =>
    [...line.matchAll(/npm run ([\w:-]+)/g)].map((match) => match[1]),
  );
  expect(named.filter((name) => name !== undefined && !(name in scripts))).toEqual([]);
});

it('every command and every option has its place in docs/cli.md', () => {
  const text = readFileSync(`${ROOT}/docs/cli.md`, 'utf8');
  const commands = program.commands.filter((command) => command.name() !== 'help');
  // The options of `repo` are in docs/publishing.md.
  const options = [program, ...commands.filter((command) => command.name() !== 'repo')].flatMap(
    (command) => command.options,
  );
  expect([
    ...commands.map((command) => `\`${command.name()}`).filter((name) => !text.includes(name)),
    ...options.map(({ long }) => long ?? '').filter((name) => !text.includes(name)),
  ]).toEqual([]);
});

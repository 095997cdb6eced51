/** The commands of docs/publishing.md, in the order and to the letter in which they stand there. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { main } from '../../src-main/hosts/cli/main.ts';
import { FakeWorld, type FakeTerminal } from '../cli/fake-world.ts';

// Keys with a pass phrase are opened slowly on purpose.
vi.mock('../../src-main/catalog/publish/locked-key.ts', async (original) => ({
  ...(await original<object>()),
  DEFAULT_COST: 2,
}));

const DOCUMENT = readFileSync(new URL('../../docs/publishing.md', import.meta.url), 'utf8');
const [, BLOCK = ''] = /```sh\n([^]*?)```/.exec(DOCUMENT) ?? [];
const PORT = '8470';

let world: FakeWorld;
const before = process.cwd();
beforeEach(() => {
  world = new FakeWorld();
  world.environment.STEPWISE_PASSPHRASE = 'a pass phrase of several words';
  process.chdir(world.folder);
});
afterEach(() => {
  process.chdir(before);
  world.dispose();
});

function stepwise(line: string): Promise<number> {
  const args = line.split(/\s+/).slice(1);
  const today = () => new Date().toISOString();
  return main(args, { ...world.surroundings, today });
}

/** Resolves when it serves. */
async function inBackground(
  line: string,
): Promise<{ readonly terminal: FakeTerminal; readonly end: Promise<number> }> {
  const { terminal } = world;
  const serving = new Promise<void>((resolve) => {
    terminal.out.onWrite = () => resolve();
  });
  const end = stepwise(line);
  await Promise.race([serving, end]);
  return { terminal, end };
}

function freePort(): Promise<string> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(String(typeof address === 'object' ? address?.port : address)));
    });
  });
}

it('a maker comes from nothing to a signed repository, an own product and an updated device in ten commands', async () => {
  const port = await freePort();
  const commands = BLOCK.trim()
    .split('\n')
    .map((line) => line.replaceAll(PORT, port));
  expect(commands).toHaveLength(10);
  let background: Awaited<ReturnType<typeof inBackground>> | undefined;
  for (const command of commands) {
    world.clear();
    if (!command.startsWith('stepwise ')) execFileSync('sh', ['-c', command]);
    else if (command.endsWith(' &')) background = await inBackground(command.slice(0, -' &'.length));
    else expect([await stepwise(command), world.terminal.err.text.includes('✗')]).toEqual([0, false]);
  }
  expect(world.terminal.out.text).toMatch(/✓ Done: 20.000 bytes read back and equal/);
  background?.terminal.stop();
  expect(await background?.end).toBe(0);
});

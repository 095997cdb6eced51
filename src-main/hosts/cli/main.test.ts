import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { FakeWorld } from '../../../test/cli/fake-world.ts';
import { createProgram } from './program.ts';

let world = new FakeWorld();
afterEach(() => world.dispose());

const flat = (text: string) => text.replace(/\s+/g, ' ');

it('docs/cli.md names every command and every option', () => {
  const docs = readFileSync(new URL('../../../docs/cli.md', import.meta.url), 'utf8');
  world = new FakeWorld();
  const nothing = () => Promise.resolve();
  const program = createProgram(world.surroundings, nothing, nothing);
  const options = [program, ...program.commands].flatMap((command) =>
    command.options.map(({ long }) => long ?? ''),
  );
  for (const command of program.commands) expect(docs).toContain(`\`${command.name()}`);
  for (const option of options.filter((each) => each !== '--version')) expect(docs).toContain(option);
});

it('a run that was cut off is told by the next one, with what can be done about it, and not again', async () => {
  world = new FakeWorld(['f405']);
  mkdirSync(join(world.stateFolder, 'running'), { recursive: true });
  // No system gives this number to a process.
  const gone = {
    pid: 2 ** 30,
    program: 'command-line: flash',
    version: '1.2.3',
    began: '2026-01-01T00:00:00.000Z',
  };
  writeFileSync(join(world.stateFolder, 'running', 'a.json'), JSON.stringify(gone));
  expect(await world.run('info', '--json')).toBe(0);
  expect(flat(world.terminal.err.text)).toContain(
    'command-line: flash 1.2.3, begun 2026-01-01T00:00:00.000Z, did not end in order',
  );
  expect(world.terminal.err.text).toContain('stepwise bundle');
  world.clear();
  expect(await world.run('info')).toBe(0);
  expect(world.terminal.err.text).toBe('');
});

it('a log that cannot be kept is told, and the command does its work', async () => {
  world = new FakeWorld(['f405']);
  mkdirSync(world.stateFolder);
  writeFileSync(join(world.stateFolder, 'logs'), 'a file where the folder should be');
  expect(await world.run('info')).toBe(0);
  expect(flat(world.terminal.err.text)).toContain('What happens cannot be kept in the log');
});

describe('without a command', () => {
  it('there is help, and what is plugged in', async () => {
    world = new FakeWorld(['f405']);
    expect(await world.run()).toBe(0);
    expect(world.terminal.out.text).toMatch(/^Usage: stepwise COMMAND/);
    expect(world.terminal.out.text).toContain('In its bootloader now: 1-1 (USB 0483:DF11).');
    expect(world.device.transfers).toBe(0);
  });

  it('there is a way on when nothing is plugged in', async () => {
    world = new FakeWorld();
    await world.run();
    expect(world.terminal.out.text).toContain('`stepwise demo` needs none.');
  });

  it('there is help even where USB does not work', async () => {
    world = new FakeWorld();
    world.openBus = () => Promise.reject(new Error('no libusb'));
    expect(await world.run()).toBe(0);
    expect(world.terminal.out.text).toContain('USB cannot be looked at here');
  });
});

describe('help', () => {
  it('shows commands before options, in lines that fit', async () => {
    world = new FakeWorld();
    expect(await world.run('--help')).toBe(0);
    const { text, lines } = world.terminal.out;
    expect(text.indexOf('  flash ')).toBeLessThan(text.indexOf('--device'));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(80);
  });

  it.each([
    'devices',
    'info',
    'plan',
    'verify',
    'flash',
    'erase',
    'unprotect',
    'enter-bootloader',
    'leave',
    'read',
    'convert',
    'repo',
    'virtual',
    'replay',
  ])('of %s has an example', async (command) => {
    world = new FakeWorld();
    expect(await world.run(command, '--help')).toBe(0);
    expect(await world.run('help', command)).toBe(0);
    expect(world.terminal.out.text).toMatch(/Examples:\n {2}stepwise /);
    expect(world.terminal.out.text).toContain('Options of every command');
    expect(Math.max(...world.terminal.out.lines.map((line) => line.length))).toBeLessThan(80);
  });

  it('the version is a number and nothing else', async () => {
    world = new FakeWorld();
    expect(await world.run('--version')).toBe(0);
    expect(world.terminal.out.text).toBe('1.2.3\n');
  });
});

describe('a command line that makes no sense', () => {
  it.each([
    [['flsh'], "Unknown command 'flsh'. Did you mean flash?"],
    [['flash', 'x.bin', '--yess'], "Unknown option '--yess'. Did you mean --yes?"],
    [['flash'], "Missing required argument 'file'."],
    [['info', 'extra'], "Too many arguments for 'info'."],
    [['read'], "Required option '-o, --out <file>' not specified."],
    [['flash', 'x', '--address', 'here'], 'An address has up to eight hexadecimal digits'],
    [['info', '--device', '1-1', '--all'], '--device means one device, --all means all of them.'],
    [['info', '--virtual-flash', 'x'], 'belong to --virtual NAME.'],
    [['info', '--virtual', 'h8'], 'There is no virtual device h8.'],
    [
      ['info', '--virtual', 'f405', '--virtual', 'f405', '--virtual-flash', 'x'],
      'of one virtual device only',
    ],
    [['--json'], 'There is no command in it.'],
  ])('%j is told with the reason', async (args, problem) => {
    world = new FakeWorld();
    expect(await world.run(...args)).toBe(2);
    const { out, err } = world.terminal;
    expect(args.includes('--json') ? out.text : flat(err.text)).toContain(problem);
  });

  it('is a JSON document for programs', async () => {
    world = new FakeWorld();
    expect(await world.run('info', '--json', '--nonsense')).toBe(2);
    expect(world.json).toMatchObject({ exitCode: 2, failure: { code: 'usage' } });
    expect(world.terminal.err.text).toBe('');
  });
});

describe('whatever fails', () => {
  it('a fault of the program is told as one', async () => {
    world = new FakeWorld();
    world.openBus = () => Promise.reject(new TypeError('x is not a function'));
    expect(await world.run('info')).toBe(1);
    expect(world.terminal.err.text).toContain('✗ Stepwise itself has failed');
  });

  it('--verbose adds the facts', async () => {
    world = new FakeWorld();
    await world.run('info', '--verbose');
    expect(flat(world.terminal.err.text)).toContain('{"code":"no-device","facts":{},"phase":"find"}');
  });

  it('a title is red and bold in a terminal, and plain under NO_COLOR', async () => {
    world = new FakeWorld();
    await world.inTerminal().run('info');
    expect(world.terminal.err.text).toContain(
      '\u001b[31m✗\u001b[39m\u001b[1m No device is in its bootloader\u001b[22m',
    );
    world.clear();
    world.environment.NO_COLOR = '1';
    await world.inTerminal().run('info');
    expect(world.terminal.err.text).toMatch(/^✗ No device is in its bootloader\n/);
  });
});

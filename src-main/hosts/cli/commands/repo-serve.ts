/** `stepwise repo serve`: the public folder on this computer, to try it before it is uploaded. */
import { Option, type Command } from 'commander';
import { serveStatic, type StaticServer } from '../../../catalog/publish/static-server.ts';
import { publicFolder, readSettings } from '../../../catalog/publish/workspace.ts';
import { parsePort } from '../arguments.ts';
import { READING, type Start } from '../command.ts';
import { ExitCode } from '../exit-code.ts';
import type { Run } from '../run.ts';
import { examples } from './examples.ts';
import { usage, workspaceOf, type RepoOptions } from './repo-options.ts';

interface ServeOptions extends RepoOptions {
  readonly port: number;
}

const ANY_PORT = 0;

export function addRepoServe(repo: Command, start: Start): void {
  repo
    .command('serve')
    .summary('serve it on this computer, for trying')
    .description('Serves public/ to programs on this computer alone, as a web server would, until Ctrl-C.')
    .addOption(
      new Option('--port <number>', 'TCP port').argParser(parsePort).default(ANY_PORT, 'any that is free'),
    )
    .addHelpText('after', examples([['stepwise repo serve --port 8470', '']]))
    .action((options: ServeOptions, command: Command) =>
      start(command, READING, (run) => serve(run, options)),
    );
}

async function serve(run: Run, options: ServeOptions): Promise<ExitCode> {
  const workspace = workspaceOf(options);
  await readSettings(workspace);
  const { reporter, surroundings, signal } = run;
  const server = await listening(publicFolder(workspace), options.port, ({ method, path, status, bytes }) => {
    reporter.remark(`${method} ${path} ${status} ${bytes}`);
    reporter.event('served', { method, path, status, bytes });
  });
  const letGo = surroundings.terminal.stayAlive();
  try {
    reporter.say([`Served at ${server.url}`, '→ In product.json that is catalog.url. Ctrl-C ends it.']);
    reporter.event('serving', { url: server.url, port: server.port });
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
      surroundings.terminal.onReaderGone(resolve);
    });
  } finally {
    letGo();
    await server.close();
  }
  return ExitCode.ok;
}

/** @throws usage where the port cannot be had */
async function listening(
  folder: string,
  port: number,
  onServed: NonNullable<Parameters<typeof serveStatic>[1]>['onServed'] & object,
): Promise<StaticServer> {
  try {
    return await serveStatic(folder, { port, onServed });
  } catch (cause) {
    throw usage(`Port ${port} cannot be had. --port takes another one, or 0 for any that is free.`, cause);
  }
}

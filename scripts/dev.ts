/**
 * `npm run dev`: the screens as they are being written, with hot reload, and the loopback host behind them, started again
 * whenever the main side changed. The development server holds the host's cookie, so the page need not be opened anew.
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { createServer } from 'vite';

const HOST = '127.0.0.1';
const SCREENS_PORT = 5173;
const CONTRACT_PORT = 5174;
const screensOrigin = `http://${HOST}:${SCREENS_PORT}`;

process.chdir(fileURLToPath(new URL('../../', import.meta.url)));
let cookie = '';

const compiler = spawn(
  process.execPath,
  ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--watch', '--preserveWatchOutput'],
  { stdio: 'inherit' },
);
const host = spawn(
  process.execPath,
  [
    ...['--watch', '--watch-preserve-output', 'dist/src-main/loopback.js'],
    ...['--port', String(CONTRACT_PORT), '--origin', screensOrigin],
    ...process.argv.slice(2),
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
host.stdout.setEncoding('utf8').on('data', (text: string) => {
  const [invitation] = /http:\S+token=\S+/.exec(text) ?? [];
  if (invitation === undefined) process.stdout.write(text);
  else void redeem(invitation);
});

const server = await createServer({
  configFile: 'vite.config.ts',
  server: {
    host: HOST,
    port: SCREENS_PORT,
    strictPort: true,
    proxy: {
      '/contract': {
        target: `http://${HOST}:${CONTRACT_PORT}`,
        ws: true,
        changeOrigin: true,
        configure: (proxy) => {
          proxy.on('proxyReqWs', (request) => request.setHeader('cookie', cookie));
        },
      },
    },
  },
});
await server.listen();
process.stdout.write(`The screens, as they are being written: ${screensOrigin}\n`);

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    compiler.kill();
    host.kill();
    void server.close();
  });
}

async function redeem(invitation: string): Promise<void> {
  const { headers } = await fetch(invitation, { redirect: 'manual' });
  cookie = headers
    .getSetCookie()
    .map((each) => each.split(';')[0] ?? '')
    .join('; ');
}

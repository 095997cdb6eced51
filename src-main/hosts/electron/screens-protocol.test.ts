import { describe, expect, it } from 'vitest';
import { ElectronDouble } from '../../../test/electron/electron-double.ts';
import type { ScreenFile } from '../screen-files.ts';
import { declareScreensScheme, serveScreens, START_PAGE } from './screens-protocol.ts';

const page: ScreenFile = {
  body: new TextEncoder().encode('<!doctype html>'),
  type: 'text/html; charset=utf-8',
};
const screens = new Map([
  ['/index.html', page],
  ['/assets/app.js', { body: new TextEncoder().encode('1'), type: 'text/javascript; charset=utf-8' }],
]);

/** Asks as Chromium would; `Request` of the fetch standard knows no `TRACE`. */
async function ask(url: string, method = 'GET'): Promise<Response> {
  const electron = new ElectronDouble('');
  serveScreens(electron.asElectron.protocol, screens);
  const handler = electron.protocol.handlers.get('app');
  if (!handler) throw new Error('nobody serves the scheme');
  return handler({ url, method });
}

describe('the scheme', () => {
  it('is an origin of its own, and has no right besides', () => {
    const { asElectron, protocol } = new ElectronDouble('');
    declareScreensScheme(asElectron.protocol);
    expect(protocol.schemes).toEqual([
      {
        scheme: 'app',
        privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
      },
    ]);
  });
});

describe('a file of the screens', () => {
  it('comes with its type and the content security policy', async () => {
    const response = await ask(START_PAGE);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('<!doctype html>');
    expect(response.headers.get('Content-Type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff');
    const policy = response.headers.get('Content-Security-Policy')?.split('; ') ?? [];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("connect-src 'self'");
    expect(policy.join()).not.toMatch(/unsafe|https?:|\*/);
  });

  it('is found whatever is asked of it', async () => {
    const response = await ask('app://stepwise/assets/app.js?v=1#top');
    expect(response.headers.get('Content-Type')).toBe('text/javascript; charset=utf-8');
  });
});

describe('not served', () => {
  it.each([
    'app://stepwise/',
    'app://stepwise',
    'app://stepwise/assets',
    'app://stepwise/missing.js',
    'app://stepwise/../package.json',
    'app://stepwise/assets/../../package.json',
    'app://stepwise/%2e%2e/package.json',
    'app://stepwise/..%2fpackage.json',
    'app://stepwise/assets/..%5c..%5cpackage.json',
    'app://stepwise/..\\..\\package.json',
    'app://stepwise/index%2ehtml',
    'app://stepwise/index.html%00.js',
    'app://stepwise//index.html',
    'app://stepwise/C:/Windows/win.ini',
    'app://stepwise/etc/passwd',
    'app://stepwise/__proto__',
  ])('is what is not on the list: %s', async (url) => {
    expect((await ask(url)).status).toBe(404);
  });

  it.each([
    'app://other/index.html',
    'app://stepwise.example/index.html',
    'app://stepwise:1/index.html',
    'app://name:secret@stepwise/index.html',
    'app:///index.html',
    'https://stepwise/index.html',
    'file:///index.html',
    'not an address',
  ])('is another host: %s', async (url) => {
    expect((await ask(url)).status).toBe(404);
  });

  it.each(['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'get'])('is %s', async (method) => {
    const response = await ask(START_PAGE, method);
    expect(response.status).toBe(405);
    expect(await response.text()).toBe('');
  });
});

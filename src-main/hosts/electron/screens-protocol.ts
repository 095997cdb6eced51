/**
 * The screens over a scheme of their own. Pages of `file://` may read the disk and have no origin to tell them by;
 * `app://stepwise` is an origin like that of a site, and behind it is a closed list of files.
 */
import type { CustomScheme, Protocol } from 'electron';
import { contentSecurityPolicy, type ScreenFile } from '../screen-files.ts';

const SCHEME = 'app';
const HOST = 'stepwise';
export const SCREENS_ORIGIN = `${SCHEME}://${HOST}`;
export const START_PAGE = `${SCREENS_ORIGIN}/index.html`;

/** An origin as that of a site, with `fetch` and a cache of compiled code; nothing else a scheme can have. */
const screensScheme: CustomScheme = {
  scheme: SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true },
};

const SAFE_HEADERS = {
  'Content-Security-Policy': contentSecurityPolicy(),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

/** To be called before Electron is ready. */
export function declareScreensScheme(protocol: Pick<Protocol, 'registerSchemesAsPrivileged'>): void {
  protocol.registerSchemesAsPrivileged([screensScheme]);
}

/** @param screens by path, as `readScreenFiles` gives them */
export function serveScreens(
  protocol: Pick<Protocol, 'handle'>,
  screens: ReadonlyMap<string, ScreenFile>,
): void {
  protocol.handle(SCHEME, ({ method, url }) => {
    if (method !== 'GET') return refusal(405);
    const file = screens.get(pathOnOurHost(url) ?? '');
    if (!file) return refusal(404);
    return new Response(file.body, { headers: { ...SAFE_HEADERS, 'Content-Type': file.type } });
  });
}

/** The path as it is written. It is not decoded: no file of the screens has a name that needs it. */
function pathOnOurHost(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined;
  const { protocol, host, username, password, pathname } = new URL(url);
  const ours = protocol === `${SCHEME}:` && host === HOST && username === '' && password === '';
  return ours ? pathname : undefined;
}

function refusal(status: number): Response {
  return new Response(null, { status, headers: SAFE_HEADERS });
}

/**
 * What the page in the window may do besides showing itself: nothing. It runs in Chromium's sandbox without Node, stays
 * where it is, opens no windows, and gets no rights from the browser; a device is reached through the contract only.
 */
import type { Session, WebContents, WebPreferences } from 'electron';
import { SCREENS_ORIGIN } from './screens-protocol.ts';

/** @param preload absolute path of the compiled preload */
export function webPreferences(preload: string, devTools: boolean): WebPreferences {
  return {
    preload,
    devTools,
    sandbox: true,
    contextIsolation: true,
    nodeIntegration: false,
    nodeIntegrationInWorker: false,
    nodeIntegrationInSubFrames: false,
    webSecurity: true,
    allowRunningInsecureContent: false,
    experimentalFeatures: false,
    webviewTag: false,
    navigateOnDragDrop: false,
    disableDialogs: true,
    // A spelling dictionary would be fetched from the internet.
    spellcheck: false,
  };
}

/** The one right a page gets: to put text on the clipboard when somebody presses a button that says so. */
const GRANTED = 'clipboard-sanitized-write';

/** No camera, no notifications, no USB of the browser's own: there is nothing the screens need it for. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    answer(permission === GRANTED && isOurs(requestingUrl));
  });
  session.setPermissionCheckHandler(
    (_contents, permission, origin) => permission === GRANTED && isOurs(origin),
  );
  session.setDevicePermissionHandler(() => false);
  // What a screen saves it makes itself; nothing is fetched from anywhere.
  session.on('will-download', (event, item) => {
    if (!item.getURL().startsWith(`blob:${SCREENS_ORIGIN}/`)) event.preventDefault();
  });
}

/** Of an address, or of an origin with or without its slash. */
function isOurs(address: string): boolean {
  return address === SCREENS_ORIGIN || address.startsWith(`${SCREENS_ORIGIN}/`);
}

/** @param openLink given each address that wanted a window; decides whether it is shown outside */
export function confine(contents: WebContents, openLink: (address: string) => void): void {
  contents.setWindowOpenHandler(({ url }) => {
    openLink(url);
    return { action: 'deny' };
  });
  contents.on('will-navigate', (event) => {
    event.preventDefault();
  });
  contents.on('will-frame-navigate', (event) => {
    event.preventDefault();
  });
  contents.on('will-redirect', (event) => {
    event.preventDefault();
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
}

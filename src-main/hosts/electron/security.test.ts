import { describe, expect, it } from 'vitest';
import { ContentsDouble, EventDouble, SessionDouble } from '../../../test/electron/electron-double.ts';
import { confine, denyPermissions, webPreferences } from './security.ts';
import type { Session } from 'electron';

describe('the preferences of the page', () => {
  const preferences = webPreferences('/app/preload.cjs', false);

  it('keep it in the sandbox, without Node, apart from the preload', () => {
    expect(preferences).toMatchObject({
      preload: '/app/preload.cjs',
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
    });
  });

  it('leave the rules of the web in force', () => {
    expect(preferences).toMatchObject({
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
    });
  });

  it('have developer tools only where they are asked for', () => {
    expect(preferences.devTools).toBe(false);
    expect(webPreferences('/app/preload.cjs', true).devTools).toBe(true);
  });
});

describe('a right the browser could give', () => {
  const session = new SessionDouble();
  denyPermissions(session as unknown as Session);

  it.each(['usb', 'hid', 'serial', 'media', 'notifications', 'clipboard-read', 'openExternal', 'unknown'])(
    'is denied: %s',
    (permission) => {
      let granted: boolean | undefined;
      const answer = (given: boolean) => {
        granted = given;
      };
      session.request?.({}, permission, answer, { requestingUrl: 'app://stepwise/index.html' });
      expect(granted).toBe(false);
      expect(session.check?.({}, permission, 'app://stepwise/')).toBe(false);
    },
  );

  it.each([
    ['app://stepwise', true],
    ['app://stepwise/', true],
    ['app://stepwise/index.html', true],
    ['app://stepwise.example/', false],
    ['app://other/', false],
    ['https://example.com/', false],
    ['', false],
  ])('lets text be copied by our own page: %s %s', (from, expected) => {
    let granted: boolean | undefined;
    const answer = (given: boolean) => {
      granted = given;
    };
    session.request?.({}, 'clipboard-sanitized-write', answer, { requestingUrl: from });
    expect(granted).toBe(expected);
    expect(session.check?.({}, 'clipboard-sanitized-write', from)).toBe(expected);
  });

  it('is denied for every device', () => {
    expect(session.device?.({ deviceType: 'usb', origin: 'app://stepwise' })).toBe(false);
  });

  it.each([
    ['blob:app://stepwise/1', false],
    ['blob:https://stepwise/1', true],
    ['app://stepwise/index.html', true],
    ['https://example.com/tool.exe', true],
  ])('to save %s: prevented %s', (address, prevented) => {
    const event = new EventDouble();
    session.emit('will-download', event, { getURL: () => address });
    expect(event.defaultPrevented).toBe(prevented);
  });
});

describe('a page', () => {
  const contents = new ContentsDouble();
  const wanted: string[] = [];
  confine(contents.asContents, (address) => wanted.push(address));

  it('opens no window; where it wanted to go is handed over', () => {
    expect(contents.openFromPage('https://example.com/')).toBe('deny');
    expect(wanted).toEqual(['https://example.com/']);
  });

  it.each(['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview'])(
    'is stopped at %s, even on its own origin',
    (name) => {
      const event = Object.assign(new EventDouble(), { url: 'app://stepwise/index.html' });
      contents.emit(name, event);
      expect(event.defaultPrevented).toBe(true);
    },
  );
});

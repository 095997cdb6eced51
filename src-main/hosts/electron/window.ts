import type { BrowserWindow, BrowserWindowConstructorOptions } from 'electron';
import type { Settings } from '../../../shared/settings.ts';
import type { Electron, ShellLog } from './electron.ts';
import { webPreferences } from './security.ts';
import { placement, readWindowState, SMALLEST, writeWindowState } from './window-state.ts';

/** `--ground` of the screens (`src-renderer/style/tokens.css`), so that nothing flashes before they are drawn. */
const GROUND = { light: '#f6f7f9', dark: '#12151a' } as const;

export interface WindowOptions {
  readonly title: string;
  readonly theme: Settings['theme'];
  /** Absolute path of the compiled preload. */
  readonly preload: string;
  readonly devTools: boolean;
  /** Where it was when it was closed the last time. */
  readonly stateFile: string;
  readonly log: ShellLog;
}

/** The window, where it was; it shows itself once there is something to be seen. */
export function openWindow(electron: Electron, options: WindowOptions): BrowserWindow {
  const { BrowserWindow, nativeTheme, screen } = electron;
  nativeTheme.themeSource = options.theme;
  const state = readWindowState(options.stateFile);
  const workAreas = screen.getAllDisplays().map(({ workArea }) => workArea);
  const appearance: BrowserWindowConstructorOptions = {
    ...placement(state, workAreas),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    title: options.title,
    backgroundColor: ground(nativeTheme),
    show: false,
    autoHideMenuBar: true,
    webPreferences: webPreferences(options.preload, options.devTools),
  };
  const window = new BrowserWindow(appearance);
  window.once('ready-to-show', () => {
    if (state?.maximized) window.maximize();
    window.show();
  });
  // The page's own title names no product.
  window.on('page-title-updated', (event) => {
    event.preventDefault();
  });
  window.on('close', () => {
    keepState(window, options);
  });
  const follow = (): void => {
    window.setBackgroundColor(ground(nativeTheme));
  };
  nativeTheme.on('updated', follow);
  window.once('closed', () => {
    nativeTheme.off('updated', follow);
  });
  return window;
}

/** Out of wherever it is, in front of everything. */
export function bringForward(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

function ground({ shouldUseDarkColors }: { readonly shouldUseDarkColors: boolean }): string {
  return shouldUseDarkColors ? GROUND.dark : GROUND.light;
}

/** A window that opens elsewhere the next time is no reason to keep this one from closing. */
function keepState(window: BrowserWindow, { stateFile, log }: WindowOptions): void {
  try {
    writeWindowState(stateFile, { bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  } catch (error) {
    log('warn', `the window's place could not be kept: ${String(error)}`);
  }
}

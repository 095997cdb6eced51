import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ElectronDouble, EventDouble } from '../../../test/electron/electron-double.ts';
import { writeWindowState } from './window-state.ts';
import { bringForward, openWindow } from './window.ts';

const folder = mkdtempSync(join(tmpdir(), 'stepwise-window-'));
afterAll(() => rmSync(folder, { recursive: true }));

function rig({ stateFile = join(folder, 'none.json'), dark = false, theme = 'system' as const } = {}) {
  const electron = new ElectronDouble(folder);
  electron.nativeTheme.shouldUseDarkColors = dark;
  const logged: string[] = [];
  openWindow(electron.asElectron, {
    title: 'Product Updater',
    theme,
    preload: '/app/preload.cjs',
    devTools: false,
    stateFile,
    log: (_level, message) => logged.push(message),
  });
  const [window] = electron.windows;
  if (!window) throw new Error('no window was opened');
  return { electron, window, logged };
}

describe('the window', () => {
  it('can never be smaller than the screens, and carries the name of the product', () => {
    const { window } = rig();
    expect(window.options).toMatchObject({ minWidth: 960, minHeight: 640, title: 'Product Updater' });
    const event = new EventDouble();
    window.emit('page-title-updated', event);
    expect(event.defaultPrevented).toBe(true);
  });

  it('shows itself when there is something to be seen, and not before', () => {
    const { window } = rig();
    expect(window.options.show).toBe(false);
    expect(window.calls).toEqual([]);
    window.emit('ready-to-show');
    expect(window.calls).toEqual(['show']);
  });

  it('is maximised again before it is shown', () => {
    const stateFile = join(folder, 'maximised.json');
    writeWindowState(stateFile, { bounds: { x: 5, y: 5, width: 1000, height: 700 }, maximized: true });
    const { window } = rig({ stateFile });
    expect(window.options).toMatchObject({ x: 5, y: 5, width: 1000, height: 700 });
    window.emit('ready-to-show');
    expect(window.calls).toEqual(['maximize', 'show']);
  });

  it('has the ground of the screens, in light and dark, also when that changes', () => {
    const light = rig().window.background;
    const { electron, window } = rig({ dark: true });
    expect(window.background).not.toBe(light);
    electron.nativeTheme.shouldUseDarkColors = false;
    electron.nativeTheme.emit('updated');
    expect(window.background).toBe(light);
    window.close();
    expect(electron.nativeTheme.listenerCount('updated')).toBe(0);
  });

  it('keeps where it is when it closes', () => {
    const stateFile = join(folder, 'kept.json');
    const { window } = rig({ stateFile });
    window.maximized = true;
    window.close();
    expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toEqual({ bounds: window.bounds, maximized: true });
  });

  it('closes although its place cannot be kept', () => {
    const { window, logged } = rig({ stateFile: join(folder, 'no', 'such', 'folder.json') });
    expect(window.close()).toBe(true);
    expect(logged).toHaveLength(1);
  });

  it('comes forward from wherever it is', () => {
    const { window } = rig();
    window.minimized = true;
    bringForward(window.asWindow);
    expect(window.calls).toEqual(['restore', 'show', 'focus']);
  });
});

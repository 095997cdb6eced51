/** The menu: what the systems expect of every program, and the way to the maker's support. */
import type { MenuItemConstructorOptions } from 'electron';
import type { ShellWords } from './words.ts';

export interface MenuOptions {
  readonly words: ShellWords['menu'];
  readonly name: string;
  readonly maker: string;
  readonly platform: NodeJS.Platform;
  readonly devTools: boolean;
  /** Absent where the maker named no page. */
  readonly openSupport?: () => void;
}

type Item = MenuItemConstructorOptions;
const separator: Item = { type: 'separator' };

export function menuTemplate(options: MenuOptions): Item[] {
  const { words } = options;
  const mac = options.platform === 'darwin';
  return [
    ...(mac ? [applicationMenu(options)] : [{ label: words.file, submenu: [quit(options)] }]),
    { label: words.edit, submenu: editing(words) },
    { label: words.view, submenu: viewing(options) },
    ...(mac ? [{ label: words.window, role: 'window' as const, submenu: windows(words) }] : []),
    ...support(options),
  ];
}

/** The first menu of macOS, which carries the application's name. */
function applicationMenu(options: MenuOptions): Item {
  const { words, name } = options;
  return {
    label: name,
    submenu: [
      { role: 'about', label: words.about(name) },
      separator,
      { role: 'hide', label: words.hide(name) },
      { role: 'hideOthers', label: words.hideOthers },
      { role: 'unhide', label: words.showAll },
      separator,
      quit(options),
    ],
  };
}

function quit({ words, name }: MenuOptions): Item {
  return { role: 'quit', label: words.quit(name) };
}

function editing(words: ShellWords['menu']): Item[] {
  return [
    { role: 'undo', label: words.undo },
    { role: 'redo', label: words.redo },
    separator,
    { role: 'cut', label: words.cut },
    { role: 'copy', label: words.copy },
    { role: 'paste', label: words.paste },
    { role: 'selectAll', label: words.selectAll },
  ];
}

function viewing({ words, devTools }: MenuOptions): Item[] {
  return [
    { role: 'resetZoom', label: words.actualSize },
    { role: 'zoomIn', label: words.zoomIn },
    { role: 'zoomOut', label: words.zoomOut },
    separator,
    { role: 'togglefullscreen', label: words.fullScreen },
    ...(devTools ? [separator, { role: 'toggleDevTools' as const, label: words.developerTools }] : []),
  ];
}

function windows(words: ShellWords['menu']): Item[] {
  return [
    { role: 'minimize', label: words.minimize },
    { role: 'close', label: words.close },
  ];
}

function support({ words, maker, openSupport }: MenuOptions): Item[] {
  if (!openSupport) return [];
  const click = (): void => {
    openSupport();
  };
  return [{ label: words.help, role: 'help', submenu: [{ label: words.support(maker), click }] }];
}

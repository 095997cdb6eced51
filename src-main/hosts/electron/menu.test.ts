import type { MenuItemConstructorOptions } from 'electron';
import { describe, expect, it } from 'vitest';
import { locales } from '../../../shared/locale.ts';
import { menuTemplate, type MenuOptions } from './menu.ts';
import { shellWords } from './words.ts';

const options: MenuOptions = {
  words: shellWords.en.menu,
  name: 'Product Updater',
  maker: 'Maker',
  platform: 'linux',
  devTools: false,
};

function items(menu: readonly MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return menu.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? items(item.submenu) : [])]);
}
const roles = (changes: Partial<MenuOptions>) =>
  items(menuTemplate({ ...options, ...changes })).map(({ role }) => role);

describe('the menu', () => {
  it.each(['linux', 'win32', 'darwin'] as const)(
    'has what is expected of every program on %s',
    (platform) => {
      expect(roles({ platform })).toEqual(
        expect.arrayContaining([
          'undo',
          'redo',
          'cut',
          'copy',
          'paste',
          'selectAll',
          'quit',
          'togglefullscreen',
        ]),
      );
    },
  );

  it('begins with the application on macOS', () => {
    const [first] = menuTemplate({ ...options, platform: 'darwin' });
    expect(first?.label).toBe('Product Updater');
    expect(roles({ platform: 'darwin' })).toEqual(expect.arrayContaining(['about', 'hide', 'window']));
  });

  it('has developer tools only where they are allowed, and nothing that loads the page again', () => {
    expect(roles({})).not.toContain('toggleDevTools');
    expect(roles({ devTools: true })).toContain('toggleDevTools');
    expect(roles({ devTools: true })).not.toContain('reload');
  });

  it('leads to the support the maker gives', () => {
    let opened = 0;
    const openSupport = () => {
      opened += 1;
    };
    const item = items(menuTemplate({ ...options, openSupport })).find(({ click }) => click);
    expect(item?.label).toBe('Support from Maker');
    (item?.click as (() => void) | undefined)?.();
    expect(opened).toBe(1);
    expect(roles({})).not.toContain('help');
  });

  it.each(locales)('says every item in %s', (language) => {
    const menu = items(menuTemplate({ ...options, words: shellWords[language].menu, platform: 'darwin' }));
    expect(menu.filter(({ type, label }) => type !== 'separator' && !label)).toEqual([]);
  });
});

describe.each(locales)('questions in %s', (language) => {
  const words = shellWords[language];

  it('name the application, and each answer is another', () => {
    for (const question of [words.closing('Updater'), words.gone('Updater'), words.unresponsive('Updater')]) {
      expect(question.message + question.detail).toContain('Updater');
      const answers = Object.values(question.answers);
      expect(new Set(answers).size).toBe(answers.length);
    }
  });

  it('offer first what harms nothing', () => {
    expect(Object.keys(words.closing('Updater').answers)[0]).toBe('stay');
    expect(Object.keys(words.gone('Updater').answers)[0]).toBe('reload');
    expect(Object.keys(words.unresponsive('Updater').answers)[0]).toBe('wait');
  });
});

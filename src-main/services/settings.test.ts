import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../shared/settings.ts';
import { ServicesRig } from '../../test/rig/services-rig.ts';

let rig: ServicesRig;
afterEach(() => rig.close());

const file = () => join(rig.stateFolder, 'settings.json');
const settings = async () => (await rig.request('app.about', {})).settings;

async function reopened(): Promise<void> {
  const { stateFolder } = rig;
  await rig.services.close();
  rig = await ServicesRig.open({ stateFolder });
}

describe('settings', () => {
  it('are the defaults before anything was chosen, and no file is made', async () => {
    rig = await ServicesRig.open();
    expect(await settings()).toEqual(DEFAULT_SETTINGS);
    expect(existsSync(file())).toBe(false);
  });

  it('are changed one by one, announced, and still there after a restart', async () => {
    rig = await ServicesRig.open();
    await rig.request('settings.change', { change: { theme: 'dark' } });
    const changed = { ...DEFAULT_SETTINGS, theme: 'dark', expert: true };
    expect(await rig.request('settings.change', { change: { expert: true } })).toEqual(changed);
    expect(rig.told('settings').at(-1)?.event).toEqual(changed);
    await reopened();
    expect(await settings()).toEqual(changed);
  });

  it('are the last ones where several are chosen at once', async () => {
    rig = await ServicesRig.open();
    const themes = ['dark', 'light', 'dark', 'system', 'light'] as const;
    await Promise.all(themes.map((theme) => rig.request('settings.change', { change: { theme } })));
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toMatchObject({ theme: 'light' });
  });

  it.each(['{"theme": "dar', '{"theme": "purple"}', '[]'])(
    'that are damaged are set aside: %s',
    async (text) => {
      rig = await ServicesRig.open();
      writeFileSync(file(), text);
      await reopened();
      expect(await settings()).toEqual(DEFAULT_SETTINGS);
      const keptAt = `${file()}.damaged`;
      expect(readFileSync(keptAt, 'utf8')).toBe(text);
      expect(existsSync(file())).toBe(false);
      expect((await rig.request('app.about', {})).damagedSettings).toEqual({ keptAt });
      expect(rig.log.read(100).some(({ room, level }) => room === 'settings' && level === 'warn')).toBe(true);
    },
  );

  it('that are damaged again are set aside beside the others, and told only while they are news', async () => {
    rig = await ServicesRig.open();
    for (const text of ['first', 'second']) {
      writeFileSync(file(), text);
      await reopened();
    }
    expect(readFileSync(`${file()}.damaged`, 'utf8')).toBe('first');
    expect(readFileSync(`${file()}.damaged-2`, 'utf8')).toBe('second');
    await rig.request('settings.change', { change: { theme: 'dark' } });
    await reopened();
    expect((await rig.request('app.about', {})).damagedSettings).toBeUndefined();
    expect((await settings()).theme).toBe('dark');
  });

  it('of a newer version are used as far as they are understood, and lose nothing', async () => {
    rig = await ServicesRig.open();
    writeFileSync(file(), '{"form": 99, "language": "fr", "theme": "sepia", "fontSize": 14}');
    await reopened();
    expect(await settings()).toEqual({ ...DEFAULT_SETTINGS, language: 'fr' });
    await rig.request('settings.change', { change: { expert: true } });
    const kept: unknown = JSON.parse(readFileSync(file(), 'utf8'));
    expect(kept).toMatchObject({ form: 99, theme: 'sepia', fontSize: 14, expert: true });
  });

  it('of an older version get defaults for what they lack', async () => {
    rig = await ServicesRig.open();
    writeFileSync(file(), '{"language": "fr"}');
    await reopened();
    expect(await settings()).toEqual({ ...DEFAULT_SETTINGS, language: 'fr' });
  });
});

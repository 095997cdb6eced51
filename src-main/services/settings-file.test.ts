import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS, type Settings } from '../../shared/settings.ts';
import {
  NO_SETTINGS_FILE,
  readSettingsFile,
  SETTINGS_FORM,
  settingsText,
  withSettings,
} from './settings-file.ts';

/** A file of each form as the version of that time wrote it, and what it has to mean now. */
const EVERY_FORM: readonly { readonly text: string; readonly means: Settings }[] = [
  {
    // Of the first version with settings, before forms had numbers.
    text: `{
  "language": "de",
  "theme": "dark",
  "channel": "beta",
  "expert": true,
  "recordFirmware": true
}
`,
    means: { language: 'de', theme: 'dark', channel: 'beta', expert: true, recordFirmware: true },
  },
  {
    text: `{
  "language": "zh-CN",
  "theme": "light",
  "channel": "development",
  "expert": false,
  "recordFirmware": false,
  "form": 1
}
`,
    means: {
      language: 'zh-CN',
      theme: 'light',
      channel: 'development',
      expert: false,
      recordFirmware: false,
    },
  },
];

const written = (text: string): unknown => JSON.parse(settingsText(readSettingsFile(text)));

describe('a file of settings', () => {
  it('has an example of every form there ever was', () => {
    const forms = EVERY_FORM.map(({ text }) => (JSON.parse(text) as { form?: number }).form ?? 0);
    expect(forms).toEqual([...Array(SETTINGS_FORM + 1).keys()]);
  });

  it.each(EVERY_FORM)('means the same as when it was written, and is written in the newest form', (each) => {
    expect(readSettingsFile(each.text).values).toEqual(each.means);
    expect(written(each.text)).toEqual({ ...each.means, form: SETTINGS_FORM });
  });

  it('is written now as the example of the newest form was', () => {
    const newest = EVERY_FORM.at(-1);
    expect(settingsText(withSettings(NO_SETTINGS_FILE, newest?.means ?? {}))).toBe(newest?.text);
  });

  it('of a newer version keeps what is not known here, and its number, whatever is changed', () => {
    const newer =
      '{"form": 7, "theme": "sepia", "language": "fr", "fontSize": 14, "channel": {"firmware": "beta"}}';
    const file = readSettingsFile(newer);
    expect(file.values).toEqual({ ...DEFAULT_SETTINGS, language: 'fr' });
    expect(JSON.parse(settingsText(withSettings(file, { expert: true })))).toEqual({
      ...DEFAULT_SETTINGS,
      form: 7,
      theme: 'sepia',
      language: 'fr',
      fontSize: 14,
      channel: { firmware: 'beta' },
      expert: true,
    });
    expect(readSettingsFile(settingsText(withSettings(file, { theme: 'dark' }))).values.theme).toBe('dark');
  });

  it.each(['', '{"theme": "dar', '{"theme": "purple"}', '[]', 'null', '{"form": -1}', '{"form": "1"}'])(
    'is damaged if it is %j',
    (text) => {
      expect(() => readSettingsFile(text)).toThrow();
    },
  );
});

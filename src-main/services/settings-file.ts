/**
 * The file of settings in the forms it ever had. Each change of its form gets a number and a migration from the one
 * before, so that a file from any time is understood. A file from a newer version is used as far as it is understood,
 * and what is not stays in it as it is: whoever goes back to the newer version finds it again.
 */
import { z } from 'zod';
import { DEFAULT_SETTINGS, settings as schema, type Settings } from '../../shared/settings.ts';

type Form = Readonly<Record<string, unknown>>;

/** From each form to the next one, beginning with the one that had no number. */
const MIGRATIONS: readonly ((form: Form) => Form)[] = [
  // The same settings; from here on there is a number.
  (form) => form,
];

/** Number of the form that is written now. */
export const SETTINGS_FORM = MIGRATIONS.length;

export interface SettingsFile {
  /** What holds. */
  readonly values: Settings;
  /** What stands in the file, also what this version does not know. */
  readonly form: Form;
}

export const NO_SETTINGS_FILE: SettingsFile = { values: DEFAULT_SETTINGS, form: {} };

const numbered = z.looseObject({ form: z.int().min(0).default(0) });
const fields = schema.unwrap().shape;
/** What is missing has its default. */
const known = schema.unwrap().partial();

/** @throws Error where it is damaged: not what this version, or the one it is from, would have written */
export function readSettingsFile(text: string): SettingsFile {
  const file = numbered.parse(JSON.parse(text));
  const isNewer = file.form > SETTINGS_FORM;
  const form = MIGRATIONS.slice(file.form).reduce<Form>((before, migrate) => migrate(before), file);
  const values = isNewer ? understood(form) : known.parse(form);
  return { values: { ...DEFAULT_SETTINGS, ...withoutUndefined(values) }, form };
}

export function withSettings({ values, form }: SettingsFile, change: Partial<Settings>): SettingsFile {
  return { values: { ...values, ...change }, form: { ...values, ...form, ...change } };
}

export function settingsText({ form }: SettingsFile): string {
  const number = Math.max(SETTINGS_FORM, typeof form['form'] === 'number' ? form['form'] : 0);
  return `${JSON.stringify({ ...form, form: number }, undefined, 2)}\n`;
}

/** A newer version may know values that this one does not. */
function understood(form: Form): Partial<Settings> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, field]) => {
      const value = field.safeParse(form[name]);
      return value.success ? [[name, value.data]] : [];
    }),
  );
}

export function withoutUndefined(values: object): Partial<Settings> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}

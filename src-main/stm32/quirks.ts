/**
 * Every known quirk of ST's loaders, as rows of `quirks/`. A new defect is a new row there; the engine asks for the
 * quirks of the loader it speaks to and follows their effects.
 */
import type { LoaderIdentity, Quirk } from './quirk.ts';
import { F0_TO_F7_QUIRKS } from './quirks/f0-f7.ts';
import { G_H5_C5_QUIRKS } from './quirks/g-h5-c5.ts';
import { H7_QUIRKS } from './quirks/h7.ts';
import { L_U_QUIRKS } from './quirks/l-u.ts';

export const QUIRKS: readonly Quirk[] = [...F0_TO_F7_QUIRKS, ...G_H5_C5_QUIRKS, ...H7_QUIRKS, ...L_U_QUIRKS];

export function quirksOf(loader: LoaderIdentity): Quirk[] {
  return QUIRKS.filter((quirk) => quirk.applies(loader));
}

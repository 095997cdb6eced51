/** The languages Stepwise speaks, as BCP 47 tags. */
import { z } from 'zod';

export const locales = ['en', 'de', 'fr', 'es', 'ja', 'zh-CN'] as const;
export const locale = z.enum(locales);
export type Locale = z.infer<typeof locale>;

/** A text the maker wrote: English always, other languages where there are. */
export const localText = z.object({ en: z.string() }).catchall(z.string()).readonly();
export type LocalText = z.infer<typeof localText>;

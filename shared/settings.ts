/** What a person has chosen, kept by the main side. */
import { z } from 'zod';
import { locale } from './locale.ts';

export const channel = z.enum(['stable', 'beta', 'development']);
export type Channel = z.infer<typeof channel>;

export const settings = z
  .object({
    /** `system` follows the computer. */
    language: z.union([z.literal('system'), locale]),
    theme: z.enum(['system', 'light', 'dark']),
    channel,
    /** The field's own words, addresses, and everything that can be looked at. */
    expert: z.boolean(),
    /** Firmware bytes may be kept in recordings for support. */
    recordFirmware: z.boolean(),
  })
  .readonly();
export type Settings = z.infer<typeof settings>;

export const DEFAULT_SETTINGS: Settings = {
  language: 'system',
  theme: 'system',
  channel: 'stable',
  expert: false,
  recordFirmware: false,
};

/** What can be found out about a device and about this computer, besides what the device is. */
import { z } from 'zod';

export const surveyedSector = z
  .object({
    address: z.int(),
    size: z.int(),
    /** `used` has bytes in it, `blank` none, `unreadable` would not say. */
    state: z.enum(['blank', 'used', 'unreadable']),
  })
  .readonly();
export type SurveyedSector = z.infer<typeof surveyedSector>;

/** How well the cable and the bootloader carry requests. */
export const linkQuality = z
  .object({
    requests: z.int(),
    errors: z.int(),
    /** Bytes per second while reading. */
    rate: z.number(),
    /** Milliseconds of one request. */
    median: z.number(),
    slowest: z.number(),
  })
  .readonly();
export type LinkQuality = z.infer<typeof linkQuality>;

const optionField = z
  .object({
    name: z.string(),
    topic: z.enum([
      'read-protection',
      'write-protection',
      'code-protection',
      'security',
      'banks',
      'boot',
      'brown-out',
      'watchdog',
    ]),
    value: z.string(),
    /** `watch`: an update can be carried out, and what comes of it may not be what one expects. */
    opinion: z.enum(['prevents', 'watch', 'fine']),
  })
  .readonly();

export const optionBytes = z
  .object({
    address: z.int(),
    /** As read, in hexadecimal digits. */
    raw: z.string().regex(/^([0-9A-F]{2})*$/),
    /** Fields that are known of this family, under the names of its reference manual; none of other families. */
    fields: z.array(optionField).readonly(),
    /** Where these names are written. */
    source: z.string().optional(),
  })
  .readonly();
export type OptionBytes = z.infer<typeof optionBytes>;

/** What can be found out about a device and about this computer, besides what the device is. */
import { z } from 'zod';

export const surveyedSector = z
  .object({
    address: z.int(),
    size: z.int(),
    /** `used` has bytes in it, `blank` none, `unreadable` would not say. */
    state: z.enum(['blank', 'used', 'unreadable']),
    /** Whether all that the chosen firmware has here is here; absent where it has nothing here, or none was chosen. */
    firmware: z.enum(['equal', 'differs']).optional(),
  })
  .readonly();
export type SurveyedSector = z.infer<typeof surveyedSector>;

/** The first two words of flash, by which a Cortex-M starts. */
export const vectorTable = z
  .object({
    address: z.int(),
    stackPointer: z.int(),
    resetHandler: z.int(),
    /** What cannot work about it; empty for one that can. */
    oddities: z
      .array(
        z.enum([
          'blank',
          'stack-pointer-outside-ram',
          'stack-pointer-misaligned',
          'reset-handler-not-thumb',
          /** It points to where there is nothing. */
          'reset-handler-outside-image',
        ]),
      )
      .readonly(),
  })
  .readonly();
export type VectorTable = z.infer<typeof vectorTable>;

/** What is in flash. */
export const flashSurvey = z
  .object({
    sectors: z.array(surveyedSector).readonly(),
    /** Absent where the first sector cannot be read. */
    vectorTable: vectorTable.optional(),
    /** Signed releases whose every byte is in flash, the newest first. */
    recognised: z.array(z.object({ name: z.string(), version: z.string() }).readonly()).readonly(),
  })
  .readonly();
export type FlashSurvey = z.infer<typeof flashSurvey>;

/** One unused sector that was erased, written, read back and left blank again. */
export const sectorTest = z
  .object({
    address: z.int(),
    size: z.int(),
    /** Milliseconds of one erase. */
    erase: z.number(),
    /** Bytes per second. */
    write: z.number(),
    read: z.number(),
    /** How often something went wrong and was got over. */
    recoveries: z.int(),
  })
  .readonly();
export type SectorTest = z.infer<typeof sectorTest>;

export const sectorTestStep = z
  .object({
    step: z.enum(['choose', 'erase', 'write', 'verify', 'clean']),
    /** It was unplugged and is waited for. */
    waiting: z.boolean(),
  })
  .readonly();
export type SectorTestStep = z.infer<typeof sectorTestStep>;

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
    /**
     * Milliseconds the loader asks to be left alone after a command (bwPollTimeout), and those it took to be done;
     * absent before a command was sent.
     */
    poll: z.object({ asked: z.number(), took: z.number() }).readonly().optional(),
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

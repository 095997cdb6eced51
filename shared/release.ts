/**
 * What a maker says of one release of firmware: the custom part of its TUF target, and so signed with it. It decides which
 * devices get the release, which must not and why, and how it is written. `docs/publishing.md` explains it to makers.
 */
import { z } from 'zod';
import { localText } from './locale.ts';
import { channel } from './settings.ts';

const address = z.int().min(0).max(0xffff_ffff);
/** `1.4.2`, `2.0.0-beta.1`: Semantic Versioning 2.0.0. */
export const version = z.string().regex(/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/);

/** Which values are allowed, or which are refused and why. A device whose value is not known fits only without a rule. */
const rule = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('rule', [
    z
      .object({ rule: z.literal('only'), values: z.array(value).min(1).readonly(), reason: localText })
      .readonly(),
    z
      .object({ rule: z.literal('not'), values: z.array(value).min(1).readonly(), reason: localText })
      .readonly(),
  ]);

/** The hardware a release is made for. */
export const fit = z
  .object({
    /** `id` of a product line in product.json. */
    product: z.string().regex(/^[a-z0-9-]+$/),
    /** STM32 device IDs; empty means any. */
    families: z.array(z.int()).readonly(),
    /** Letters of silicon revisions: an H743's ADC is clocked in another way from revision V on (RM0433). */
    steppings: rule(z.string().regex(/^[A-Z0-9]{1,2}$/)).optional(),
    bootloaders: rule(z.int().min(0).max(0xff)).optional(),
    /** Bytes of flash it needs. */
    flashSize: z.int().min(0).optional(),
  })
  .readonly();

export const release = z
  .object({
    /** Of this description; a client passes over what it does not know. */
    schema: z.literal(1),
    name: z.string().min(1).max(120),
    version,
    channel,
    /** ISO 8601. */
    released: z.iso.datetime(),
    notes: localText,
    fits: fit,
    /** Oldest version of the application that knows how to write it. */
    minimumApp: version.optional(),
    /** Oldest firmware from which one may come. */
    minimumFrom: version.optional(),
    format: z.enum(['dfuse', 'intel-hex', 's-record', 'elf', 'raw']),
    /** Of the first byte of a raw image. */
    address: address.optional(),
    policy: z
      .object({
        vectorTableLast: z.boolean(),
        downgrade: z.boolean(),
        start: z.enum(['leave', 'replug']),
      })
      .readonly(),
    /** Part of the installations that are offered it, in percent. */
    rollout: z.int().min(0).max(100),
    /** It is not offered any more, and why. */
    withdrawn: localText.optional(),
  })
  .readonly();
export type Release = z.infer<typeof release>;

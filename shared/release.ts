/**
 * What a maker says of one release, of firmware or of this application: the custom part of its TUF target, and so signed
 * with it. It decides who gets the release, who must not and why, and how it is written. `docs/publishing.md` explains it
 * to makers.
 */
import { z } from 'zod';
import { localText } from './locale.ts';
import { channel } from './settings.ts';

const usbId = z.int().min(0).max(0xffff);
const address = z.int().min(0).max(0xffff_ffff);
const productId = z.string().regex(/^[a-z0-9-]{1,64}$/);
const percent = z.int().min(0).max(100);

/** Semantic Versioning 2.0.0: `1.4.2`, `2.0.0-beta.1`. */
const releaseVersion = z
  .string()
  .max(64)
  .regex(/^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/);

/** Which values fit, or which do not, and why. A device whose value cannot be read fits only where there is no rule. */
function rule<T extends z.ZodType>(value: T) {
  return z
    .object({
      rule: z.enum(['only', 'not']),
      values: z.array(value).min(1).readonly(),
      /** What the person is told whose device is refused. */
      reason: localText,
    })
    .readonly();
}

/** The hardware a release is made for. */
const fits = z
  .object({
    /** Of `product.json`; any of them. */
    products: z.array(productId).min(1).readonly(),
    /** STM32 device IDs (DBGMCU_IDCODE bits 11:0); empty means any. */
    chips: z.array(z.int().min(0).max(0xfff)).readonly(),
    /** Letters of silicon revisions: an H743's ADC is clocked in another way from revision V on (RM0433). */
    steppings: rule(z.string().regex(/^[A-Z0-9]{1,2}$/)).optional(),
    /** Bootloader IDs (AN2606). */
    bootloaders: rule(z.int().min(0).max(0xff)).optional(),
    /** Bytes of flash it needs. */
    flashSize: z.int().min(0).optional(),
  })
  .readonly();

export const releaseFormat = z.enum(['dfuse', 'intel-hex', 's-record', 'elf', 'raw']);

export const release = z
  .object({
    /** Of this description; a client that does not know it must be updated first. */
    schema: z.literal(1),
    name: z.string().min(1).max(120),
    version: releaseVersion,
    channel,
    /** ISO 8601. */
    released: z.iso.datetime(),
    notes: localText,
    fits,
    /** Oldest version of the application that knows how to write it. */
    minimumApp: releaseVersion.optional(),
    /** Oldest firmware from which one may come; older ones need a release in between. */
    minimumFrom: releaseVersion.optional(),
    format: releaseFormat,
    /** Of the first byte of a raw image. */
    address: address.optional(),
    policy: z
      .object({
        /** The sector with the vector table is erased first and written last. */
        vectorTableLast: z.boolean(),
        /** Never changed, whatever the image says: `end` is the first address behind. */
        preserve: z.array(z.object({ start: address, end: address }).readonly()).readonly(),
        /** It may be installed over a newer version, if the person agrees. */
        downgrade: z.boolean(),
        start: z.enum(['leave', 'replug']),
      })
      .readonly(),
    /** Part of the installations that are offered it, in percent. */
    rollout: percent,
    /** It is not offered any more, and why. */
    withdrawn: localText.optional(),
    /** How its application shows itself on USB afterwards. */
    application: z
      .object({ vendorId: usbId, productId: usbId, deviceVersion: usbId.optional() })
      .readonly()
      .optional(),
  })
  .readonly()
  .refine(({ format, address: place }) => (format === 'raw') === (place !== undefined), {
    error: 'a raw image needs an address, and nothing else has one',
  });
export type Release = z.infer<typeof release>;
export type ReleaseRule = NonNullable<Release['fits']['steppings' | 'bootloaders']>;

// -- the application itself ----------------------------------------------------------------------------------------------

/** As its installer or archive comes, and for which systems such a thing is. */
export const APP_PACKAGES = {
  nsis: 'win32',
  zip: 'darwin',
  appimage: 'linux',
  deb: 'linux',
  rpm: 'linux',
} as const;
export const appPackage = z.enum(['nsis', 'zip', 'appimage', 'deb', 'rpm']);
export type AppPackage = z.infer<typeof appPackage>;
export const appPlatform = z.enum(['win32', 'darwin', 'linux']);
/** `universal` is for both. */
export const appArch = z.enum(['x64', 'arm64', 'universal']);
export type AppArch = z.infer<typeof appArch>;

/** One file of a version of the application: for every product, and for one system, processor and kind of package. */
export const appRelease = z
  .object({
    /** Tells it from firmware. */
    kind: z.literal('application'),
    schema: z.literal(1),
    name: z.string().min(1).max(120),
    version: releaseVersion,
    channel,
    /** ISO 8601. */
    released: z.iso.datetime(),
    notes: localText,
    platform: appPlatform,
    arch: appArch,
    package: appPackage,
    /** Of the file, in base64: what installers check with besides the SHA-256 of the target. */
    sha512: z.base64().length(88),
    /** Oldest version of the application that may go on updating devices; older ones are updated first. */
    minimum: releaseVersion.optional(),
    /** Part of the installations that are offered it, in percent. */
    rollout: percent,
    /** It is not offered any more, and why. */
    withdrawn: localText.optional(),
  })
  .readonly()
  .refine(({ platform, package: kind }) => APP_PACKAGES[kind] === platform, {
    error: 'a package of this kind is for another system',
  });
export type AppRelease = z.infer<typeof appRelease>;

export type AnyRelease = Release | AppRelease;

export function isApplication(release: AnyRelease): release is AppRelease {
  return 'kind' in release;
}

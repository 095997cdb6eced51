/** The file for support, as a person looks through it before it is made. */
import { z } from 'zod';

/** What something in a bundle is. */
export const contentKind = z.enum([
  // -- sections of its report
  'stories',
  'mishaps',
  'devices',
  'findings',
  'examined',
  'jobs',
  'host',
  'settings',
  'catalog',
  'journals',
  'incidents',
  // -- files
  'log',
  'transcript',
  'crash-dump',
]);
export type ContentKind = z.infer<typeof contentKind>;

/** Something a person can leave out. */
export const bundleContent = z
  .object({
    name: z.string(),
    kind: contentKind,
    /** Bytes, before they are packed. */
    size: z.int().min(0),
    /** Goes in unless the person says otherwise. */
    ticked: z.boolean(),
  })
  .readonly();
export type BundleContent = z.infer<typeof bundleContent>;

export const leftOutReason = z.enum([
  /** The person did not want it in. */
  'unticked',
  /** The bundle would have become too large: the oldest goes first. */
  'too-large',
  /** A bundle is made within seconds, whatever there is to go into it. */
  'no-time',
  'did-not-answer',
  'unreadable',
  /** A link, which may lead anywhere. */
  'symlink',
  /** Firmware is its maker's. */
  'firmware',
  /** Nothing of it helps, and it says who somebody is. */
  'personal',
]);
export type LeftOutReason = z.infer<typeof leftOutReason>;

export const leftOut = z.object({
  /** An entry, a section of the report, or a place in the folder for state. */
  name: z.string(),
  why: leftOutReason,
  detail: z.string().optional(),
});
export type LeftOut = z.infer<typeof leftOut>;

/** Drawn up, and not made yet. */
export const bundlePreview = z
  .object({
    draft: z.string(),
    contents: z.array(bundleContent).readonly(),
    leftOut: z.array(leftOut).readonly(),
  })
  .readonly();
export type BundlePreview = z.infer<typeof bundlePreview>;

/** What became of it. */
export const bundleMade = z.discriminatedUnion('kind', [
  /** The host has saved it where the person said, and shows it there. */
  z.object({ kind: z.literal('saved'), name: z.string() }).readonly(),
  z.object({ kind: z.literal('cancelled') }).readonly(),
  /** The screen saves it; bytes in base64. */
  z.object({ kind: z.literal('content'), name: z.string(), content: z.base64() }).readonly(),
]);
export type BundleMade = z.infer<typeof bundleMade>;

/** Firmware that can be chosen for a device, and what an update with it would do. */
import { z } from 'zod';
import { consentKind, failure } from './failure.ts';
import { deviceIdentity } from './identity.ts';
import { localText } from './locale.ts';
import { channel } from './settings.ts';

const addressRange = z.object({ start: z.int(), end: z.int() }).readonly();

export const firmware = z
  .object({
    id: z.string(),
    /** Who answers for it: a signed release, a file somebody chose, or an update that was interrupted. */
    source: z.enum(['release', 'file', 'interrupted']),
    name: z.string(),
    version: z.string().optional(),
    channel: channel.optional(),
    /** ISO 8601. */
    released: z.string().optional(),
    notes: localText.optional(),
    /** Bytes of the image; of the file, as long as it has not been fetched. */
    bytes: z.int(),
    /** It is still in the maker's repository: `firmware.fetch` brings it. */
    away: z.boolean().optional(),
    /** Others are offered it first. It is not recommended here yet, and can be had all the same. */
    early: z.boolean().optional(),
    /** Format of the file it came in: `dfuse`, `intel-hex`, … */
    format: z.string(),
    recommended: z.boolean(),
    /** Why this device must not get it. */
    refusal: failure.optional(),
  })
  .readonly();
export type Firmware = z.infer<typeof firmware>;

/** What the person has to agree to before this update, none of it agreed beforehand. */
export const consent = z
  .object({
    kind: consentKind,
    /** Bytes at stake, where that can be said. */
    bytes: z.int().optional(),
  })
  .readonly();
export type Consent = z.infer<typeof consent>;

/** Milliseconds of each kind of work if nothing of the image is in flash yet. */
export const workTime = z
  .object({ compare: z.number(), erase: z.number(), write: z.number(), verify: z.number() })
  .readonly();

/** An update before it begins: everything that is going to happen, and nothing has. */
export const review = z
  .object({
    path: z.string(),
    identity: deviceIdentity,
    firmware,
    /** Version on the device now, where it is known. */
    from: z.string().optional(),
    bytes: z.int(),
    sectors: z.array(z.object({ address: z.int(), size: z.int(), bytes: z.int() }).readonly()).readonly(),
    /** Bytes beside the image in those sectors: kept, or lost. */
    kept: z.array(addressRange).readonly(),
    lost: z.array(addressRange).readonly(),
    expected: workTime,
    /** Known defects of the bootloader that this update meets and the engine takes care of; names of quirks. */
    handled: z.array(z.string()).readonly(),
    consents: z.array(consent).readonly(),
    /** It takes up an update that was interrupted. */
    continues: z.boolean(),
    /** How the application starts afterwards. */
    start: z.enum(['leave', 'replug']),
  })
  .readonly();
export type Review = z.infer<typeof review>;

/** An update that did not come to its end. */
export const interrupted = z
  .object({
    path: z.string(),
    /** Name of the firmware. */
    name: z.string(),
    /** ISO 8601. */
    started: z.string(),
    /** The firmware, where it is still here. */
    firmware: firmware.optional(),
    /** The device is plugged in now. */
    present: z.boolean(),
  })
  .readonly();
export type Interrupted = z.infer<typeof interrupted>;

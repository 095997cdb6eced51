/** What a device is, as far as its bootloader lets a host see it. */
import { z } from 'zod';

/** A {@link Fact} about something with this schema. */
const fact = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('known', [
    z.object({ known: z.literal(true), value, how: z.string() }).readonly(),
    z.object({ known: z.literal(false), why: z.string() }).readonly(),
  ]);

/** What answers on the bus. */
export const deviceKind = z.enum([
  /** ST's own bootloader in ROM. */
  'st-rom',
  /** A chip by another maker with a bootloader that speaks DfuSe more or less. */
  'clone',
  /** DfuSe, but not ST's ROM: a bootloader built into a product. */
  'other-dfuse',
  /** DFU without ST's extensions. */
  'plain-dfu',
  /** An application that can be sent to its bootloader. */
  'run-time',
]);
export type DeviceKind = z.infer<typeof deviceKind>;

const chip = z.object({ deviceId: z.int(), name: z.string() }).readonly();
const text = z.string().optional();

export const deviceIdentity = z
  .object({
    /** Port path, `1-2.4`: what tells devices apart. */
    path: z.string(),
    kind: deviceKind,
    /** For people: `STM32H74x/H75x`, or the product string where the chip is not known. */
    title: z.string(),
    vendorId: z.int(),
    productId: z.int(),
    /** bcdDevice: on an ST ROM the version of its DFU protocol. */
    deviceVersion: z.int(),
    manufacturer: text,
    product: text,
    serial: text,
    /** Why it is taken for what it is, in sentences. */
    evidence: z.array(z.string()).readonly(),
    /** Families it may be, best first; `family` says which one if it could be told. */
    candidates: z.array(chip).readonly(),
    family: fact(chip),
    /** Letter of the silicon revision. */
    stepping: fact(z.string()),
    /** REV_ID: upper half of DBGMCU_IDCODE. */
    revision: fact(z.int()),
    bootloaderId: fact(z.int()),
    /** `V9.0`. */
    bootloaderVersion: fact(z.string()),
    /** Bytes. */
    flashSize: fact(z.int()),
    /** 24 hexadecimal digits. */
    uniqueId: fact(z.string()),
    readProtected: fact(z.boolean()),
    /** Command bytes the loader lists. */
    commands: fact(z.array(z.int()).readonly()),
    /** Layout strings by alternate setting. */
    layouts: z.array(z.string()).readonly(),
    /** Where each bank of flash lies, as far as family and layout leave no doubt. */
    banks: z
      .array(z.object({ start: z.int(), end: z.int() }).readonly())
      .readonly()
      .optional(),
    /** Bytes of a full block. */
    transferSize: z.int(),
    /** Known defects and peculiarities of this loader. */
    quirks: z
      .array(z.object({ name: z.string(), what: z.string(), source: z.string() }).readonly())
      .readonly(),
  })
  .readonly();
export type DeviceIdentity = z.infer<typeof deviceIdentity>;

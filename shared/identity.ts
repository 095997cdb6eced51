/**
 * What is known of a device, each item with how it is known, or why it is not. Nothing is guessed: unknown stays
 * unknown and says so.
 */

export type Fact<T> =
  | { readonly known: true; readonly value: T; /** From what it is known. */ readonly how: string }
  | { readonly known: false; readonly why: string };

export function known<T>(value: T, how: string): Fact<T> {
  return { known: true, value, how };
}

export function unknown(why: string): Fact<never> {
  return { known: false, why };
}

export function valueOf<T>(fact: Fact<T>): T | undefined {
  return fact.known ? fact.value : undefined;
}

/** What answers on the bus. */
export type DeviceKind =
  /** ST's own bootloader in ROM. */
  | 'st-rom'
  /** A chip by another maker with a bootloader that speaks DfuSe more or less. */
  | 'clone'
  /** DfuSe, but not ST's ROM: a bootloader built into a product. */
  | 'other-dfuse'
  /** DFU without ST's extensions. */
  | 'plain-dfu'
  /** An application that can be sent to its bootloader. */
  | 'run-time';

export interface DeviceIdentity {
  /** Port path, `1-2.4`: what tells devices apart. */
  readonly path: string;
  readonly kind: DeviceKind;
  /** For people: `STM32H74x/H75x`, or the product string where the chip is not known. */
  readonly title: string;
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice: on an ST ROM the version of its DFU protocol. */
  readonly deviceVersion: number;
  readonly manufacturer: string | undefined;
  readonly product: string | undefined;
  readonly serial: string | undefined;
  /** Why it is taken for what it is, in sentences. */
  readonly evidence: readonly string[];
  /** Families it may be, best first; `family` says which one if it could be told. */
  readonly candidates: readonly { readonly deviceId: number; readonly name: string }[];
  readonly family: Fact<{ readonly deviceId: number; readonly name: string }>;
  /** Letter of the silicon revision. */
  readonly stepping: Fact<string>;
  /** REV_ID: upper half of DBGMCU_IDCODE. */
  readonly revision: Fact<number>;
  readonly bootloaderId: Fact<number>;
  /** `V9.0`. */
  readonly bootloaderVersion: Fact<string>;
  /** Bytes. */
  readonly flashSize: Fact<number>;
  /** 24 hexadecimal digits. */
  readonly uniqueId: Fact<string>;
  readonly readProtected: Fact<boolean>;
  /** Command bytes the loader lists. */
  readonly commands: Fact<readonly number[]>;
  /** Layout strings by alternate setting. */
  readonly layouts: readonly string[];
  /** Bytes of a full block. */
  readonly transferSize: number;
  /** Known defects and peculiarities of this loader. */
  readonly quirks: readonly { readonly name: string; readonly what: string; readonly source: string }[];
}

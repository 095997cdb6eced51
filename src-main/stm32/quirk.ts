/**
 * A quirk is a known way in which a bootloader does not do what AN3156 says. It is data: a name, whom it concerns,
 * where in flash it strikes, what the engine must do about it, and the source. The engine asks for effects and never
 * for chips, so that a new defect is a new row in `quirks.ts` and not an `if` in the session.
 */
import type { AddressRange } from '../../shared/address.ts';

/** Whom a quirk may concern. What is not known is absent, and a quirk decides for itself what to do with that. */
export interface LoaderIdentity {
  readonly deviceId: number;
  /** Bootloader ID byte (AN2606 §4.2). */
  readonly bootloaderId?: number;
  /** REV_ID: upper half of DBGMCU_IDCODE. */
  readonly revision?: number;
}

export type QuirkEffect =
  /** After an erase in `range` the loader answers dfuDNBUSY for ever: after `settle` ms un-wedge it by a CLRSTATUS pair. */
  | { readonly kind: 'erase-never-reports-end'; readonly range: AddressRange; readonly settle: number }
  /** After an erase in `range` the loader reports the end while it still erases: nothing may touch it for `settle` ms. */
  | { readonly kind: 'erase-reports-end-too-early'; readonly range: AddressRange; readonly settle: number }
  /** An erase in `range` erases another sector than asked: plans that need one there are refused. */
  | { readonly kind: 'erase-hits-other-sector'; readonly range: AddressRange; readonly onlyInMap: string }
  /** Erasing in `range` does not work at all under the sector map named: plans that need it are refused. */
  | { readonly kind: 'erase-not-functional'; readonly range: AddressRange; readonly onlyInMap: string }
  /** The poll time the loader reports for this command is too short: wait at least `floor` ms. */
  | { readonly kind: 'poll-time-floor'; readonly command: 'erase' | 'write'; readonly floor: number }
  /** The loader accepts no data block above this many bytes, whatever its descriptor says. */
  | { readonly kind: 'transfer-size-limit'; readonly limit: number }
  /** The layout string has wrong sector sizes or addresses: the family's own sector map counts. */
  | { readonly kind: 'layout-string-wrong' }
  /** Mass erase is broken or cannot be verified. */
  | { readonly kind: 'never-mass-erase' }
  /** Starting the application from the loader is known to fail: ask for a replug instead of promising a start. */
  | { readonly kind: 'leave-unreliable' }
  /** It never comes to it: `by` is the sentence that says why. */
  | { readonly kind: 'avoided'; readonly by: string }
  /** Errors are to be expected, and retries get over them. */
  | { readonly kind: 'disturbs' }
  /** While flash is locked against reading, nothing this loader says of an update is true. */
  | { readonly kind: 'undependable-when-locked' }
  /** Worth telling, nothing to do. */
  | { readonly kind: 'note' };

export interface Quirk {
  /** Stable, kebab-case: `h7-bank2-erase-busy-for-ever`. */
  readonly name: string;
  /** One sentence for an engineer: what the loader does. */
  readonly what: string;
  readonly effect: QuirkEffect;
  readonly source: string;
  applies(loader: LoaderIdentity): boolean;
}

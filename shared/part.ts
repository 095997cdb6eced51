/** A part by others that this program ships, with the licence it comes under. */
export interface Part {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the part itself gives it. */
  readonly licence: string;
  /** The licence in full, where the part brings it. */
  readonly text?: string;
}

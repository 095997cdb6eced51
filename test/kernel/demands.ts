/** What must hold between Stepwise and dfu-util on the same device. */
import type { MeasuredRun } from './measured-run.ts';

/** Medians of one device's runs. */
export interface Medians {
  readonly stepwise: MeasuredRun;
  /** Stepwise where the image is there already. */
  readonly unchanged: MeasuredRun;
  readonly dfuUtil: MeasuredRun;
}

const RATIOS = {
  'write and read back, to write': ({ stepwise, dfuUtil }) =>
    (stepwise.write + stepwise.readBack) / dfuUtil.write,
  write: ({ stepwise, dfuUtil }) => stepwise.write / dfuUtil.write,
  'in total': ({ stepwise, dfuUtil }) => stepwise.total / dfuUtil.total,
  'unchanged, in total': ({ unchanged, dfuUtil }) => unchanged.total / dfuUtil.total,
} as const satisfies Record<string, (medians: Medians) => number>;

export type Kind = keyof typeof RATIOS;

export interface Demand {
  readonly kind: Kind;
  readonly device: string;
  readonly atMost: number;
}

/**
 * An H743 names no poll times for a block, so all dfu-util wastes there is three requests of six: by wire and chip alone
 * a host can write in 0.70 of its time. Reading back then takes the loader 4.5 ms a block, against 10.5 in which dfu-util
 * has written it: with the proof that is 1.12. What each request costs besides makes both a little less.
 */
export const DEMANDS: readonly Demand[] = [
  { kind: 'write and read back, to write', device: 'f405', atMost: 0.7 },
  { kind: 'write and read back, to write', device: 'h743-y-0xd2', atMost: 1.2 },
  { kind: 'write', device: 'f405', atMost: 0.7 },
  { kind: 'write', device: 'h743-y-0xd2', atMost: 0.75 },
  { kind: 'in total', device: 'f405', atMost: 1 },
  { kind: 'in total', device: 'h743-y-0xd2', atMost: 1 },
  { kind: 'unchanged, in total', device: 'f405', atMost: 0.25 },
  { kind: 'unchanged, in total', device: 'h743-y-0xd2', atMost: 0.25 },
];

export function ratioOf(kind: Kind, medians: Medians): number {
  return RATIOS[kind](medians);
}

/**
 * Erase and program times of the families whose flash is made of small pages and programmed in double or quad words.
 * ST's data sheets give figures for each; they have not been read, so what stands here errs on the long side.
 */
import type { Duration, EraseTime } from '../family.ts';
import { eraseTimes } from '../notation.ts';

/** G0, G4, L4, L5, U0, U3, U5, WB, WBA and C0 share the flash controller this figure is for. */
export function pageErase(...sectorSizes: readonly number[]): readonly EraseTime[] {
  return eraseTimes(sectorSizes, 22, 25, 'worst: OpenOCD stm32l4x.c reckons 25 ms; typical: estimate');
}

/** H5, H7A/B, H7R/S and C5: sectors of 8 KB. */
export function smallSectorErase(sectorSize: number): readonly EraseTime[] {
  return eraseTimes([sectorSize], 25, 100, 'estimate: four times the worst page erase of the L4');
}

/** Eight bytes at a time. */
export const DOUBLE_WORD_PROGRAM: Duration = {
  typical: 12,
  worst: 25,
  source: 'estimate: 128 double words at 0.1 ms, twice that at worst',
};

/** Sixteen bytes at a time. */
export const QUAD_WORD_PROGRAM: Duration = {
  typical: 8,
  worst: 25,
  source: 'estimate: 64 quad words at 0.12 ms, three times that at worst',
};

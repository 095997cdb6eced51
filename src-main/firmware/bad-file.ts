import type { FileFault } from '../../shared/failure.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { FileFormat } from './format.ts';

/** Where in a file the fault is: a text file has lines, counted from 1, a binary one byte offsets. */
export interface FaultPlace {
  readonly format?: FileFormat;
  readonly line?: number;
  readonly offset?: number;
}

/** The one failure of this room's readers. `detail` is a sentence a person can read. */
export function badFile(
  fault: FileFault,
  detail: string,
  place: FaultPlace = {},
  cause?: unknown,
): StepwiseError<'bad-file'> {
  return new StepwiseError('bad-file', { fault, detail, ...place }, { phase: 'read-file', cause });
}

/** What --verbose adds: each retry, each rung of the recovery ladder, each sector as it is done. */
import { hex } from '../../../../shared/address.ts';
import type { ProgressEvent, SectorState } from '../../../../shared/progress.ts';
import { kilobytes } from '../quantities.ts';

/** Undefined for events that the progress line shows. */
export function detailOf(event: ProgressEvent): string | undefined {
  switch (event.type) {
    case 'sector':
      return `${hex(event.address)}  ${kilobytes(event.size).padStart(6)}  ${SECTOR_WORDS[event.state]}`;
    case 'retry':
      return `Try ${event.attempt} at ${hex(event.address)} failed: ${event.because}`;
    case 'recovery':
      return `Recovery, ${event.rung}: ${event.because}`;
    case 'needs':
      return `Waiting for a replug at ${event.need.path}.`;
    case 'needs-met':
      return 'The device is back.';
    case 'phase':
    case 'progress':
      return undefined;
  }
}

const SECTOR_WORDS: Readonly<Record<SectorState, string>> = {
  untouched: 'not touched',
  unchanged: 'is right already',
  erasing: 'is being erased',
  erased: 'is erased',
  writing: 'is being written',
  written: 'is written',
  verified: 'was read back and is right',
  failed: 'is not right',
};

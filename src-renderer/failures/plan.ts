/** Why an update was refused before anything on the device was touched, by its reason. */
import { hex } from '../../shared/address.ts';
import type { FailureFacts, RefusalReason } from '../../shared/failure.ts';
import * as m from '../paraglide/messages.js';
import { size as sizeInWords } from '../parts/quantities.ts';
import { deviceWords } from './device.ts';
import type { Circumstances, Explained } from './explained.ts';
import { advice, chooseFirmware } from './remedies.ts';
import { sentence, sentences, traces } from './sentences.ts';

interface RefusalWords {
  readonly title: () => string;
  readonly why: () => string;
  readonly advice: () => string;
}

const FOR_ANOTHER = {
  title: m.failures_refused_device_title,
  advice: m.failures_advice_made_for,
} as const;

const REFUSALS: Readonly<Record<Exclude<RefusalReason, 'read-protected'>, RefusalWords>> = {
  'outside-layout': { ...FOR_ANOTHER, why: m.failures_refused_outside_why },
  'across-hole': { ...FOR_ANOTHER, why: m.failures_refused_hole_why },
  'wrong-target': { ...FOR_ANOTHER, why: m.failures_refused_target_why },
  'beyond-flash-size': {
    title: m.failures_refused_size_title,
    why: m.failures_refused_size_why,
    advice: m.failures_advice_made_for,
  },
  'not-internal-flash': {
    title: m.failures_refused_part_title,
    why: m.failures_refused_part_why,
    advice: m.failures_advice_make_file,
  },
  'not-erasable': {
    title: m.failures_refused_erase_title,
    why: m.failures_refused_erase_why,
    advice: m.failures_advice_made_for,
  },
  'not-writable': {
    title: m.failures_refused_write_title,
    why: m.failures_refused_write_why,
    advice: m.failures_advice_made_for,
  },
  misaligned: {
    title: m.failures_refused_misaligned_title,
    why: m.failures_refused_misaligned_why,
    advice: m.failures_advice_linker,
  },
  'empty-image': {
    title: m.failures_refused_empty_title,
    why: m.failures_refused_empty_why,
    advice: m.failures_advice_made_for,
  },
  'protected-range': {
    title: m.failures_refused_range_title,
    why: m.failures_refused_range_why,
    advice: m.failures_advice_made_for,
  },
  'known-defect': {
    title: m.failures_refused_defect_title,
    why: m.failures_refused_defect_why,
    advice: m.failures_advice_debug_port,
  },
};

export function refused(
  { reason, detail, address, size }: FailureFacts['plan-refused'],
  circumstances: Circumstances,
): Explained {
  if (reason === 'read-protected') return deviceWords['read-protected']({ address }, circumstances);
  const words = REFUSALS[reason];
  const place = traces(
    address === undefined ? undefined : hex(address),
    size === undefined ? undefined : sizeInWords(size),
  );
  return {
    title: words.title(),
    why: circumstances.expert ? sentences(words.why(), sentence(detail), place) : words.why(),
    now: [advice(words.advice()), chooseFirmware()],
  };
}

/** What is the matter with a firmware file, by its fault. */
import { hex } from '../../shared/address.ts';
import type { FailureFacts, FileFault } from '../../shared/failure.ts';
import * as m from '../paraglide/messages.js';
import type { Explained, Remedy, Situation } from './explained.ts';
import { advice, chooseOther } from './remedies.ts';
import { sentence, sentences, traces } from './sentences.ts';

interface FaultWords {
  readonly title: () => string;
  readonly why: () => string;
  readonly advice?: () => string;
}

const INCOMPLETE: FaultWords = {
  title: m.failures_file_incomplete_title,
  why: m.failures_file_incomplete_why,
  advice: m.failures_advice_fetch_file,
};
const DAMAGED: FaultWords = {
  title: m.failures_file_damaged_title,
  why: m.failures_file_damaged_why,
  advice: m.failures_advice_fetch_file,
};
const CONTRADICTION: FaultWords = {
  title: m.failures_file_contradiction_title,
  why: m.failures_file_contradiction_why,
  advice: m.failures_advice_make_file,
};

const FAULTS: Readonly<Record<FileFault, FaultWords>> = {
  unreadable: { title: m.failures_file_unreadable_title, why: m.failures_file_unreadable_why },
  'too-large': { title: m.failures_file_too_large_title, why: m.failures_file_too_large_why },
  empty: {
    title: m.failures_file_empty_title,
    why: m.failures_file_empty_why,
    advice: m.failures_advice_fetch_file,
  },
  truncated: INCOMPLETE,
  'no-end-record': INCOMPLETE,
  'bad-checksum': DAMAGED,
  'bad-record': DAMAGED,
  overlap: CONTRADICTION,
  'after-end-record': CONTRADICTION,
  inconsistent: CONTRADICTION,
  unsupported: {
    title: m.failures_file_unsupported_title,
    why: m.failures_file_unsupported_why,
    advice: m.failures_advice_make_file,
  },
  'extension-mismatch': {
    title: m.failures_file_name_title,
    why: m.failures_file_name_why,
    advice: m.failures_advice_name,
  },
  'address-needed': {
    title: m.failures_file_no_address_title,
    why: m.failures_file_no_address_why,
    advice: m.failures_advice_address,
  },
  'address-range': {
    title: m.failures_file_address_title,
    why: m.failures_file_address_why,
    advice: m.failures_advice_make_file,
  },
  'git-lfs-pointer': {
    title: m.failures_file_pointer_title,
    why: m.failures_file_pointer_why,
    advice: m.failures_advice_git_lfs,
  },
  'html-page': {
    title: m.failures_file_web_page_title,
    why: m.failures_file_web_page_why,
    advice: m.failures_advice_link,
  },
  'unknown-format': { title: m.failures_file_unknown_title, why: m.failures_file_unknown_why },
};

export function badFile(
  { fault, detail, format, line, offset }: FailureFacts['bad-file'],
  { expert }: Situation,
): Explained {
  const words = FAULTS[fault];
  const place = traces(
    format,
    line === undefined ? undefined : `:${line}`,
    offset === undefined ? undefined : `+${hex(offset)}`,
  );
  const chooseFile: Remedy = chooseOther(m.failures_do_choose_file());
  return {
    title: words.title(),
    why: expert ? sentences(words.why(), sentence(detail), place) : words.why(),
    now: words.advice ? [advice(words.advice()), chooseFile] : [chooseFile],
  };
}

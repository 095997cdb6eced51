/** What a person has to agree to, and what it costs, said before anything is done. */
import type { Consent } from '../../shared/firmware.ts';
import type { ConsentKind } from '../../shared/failure.ts';
import * as m from '../paraglide/messages.js';
import { bytes as bytesInWords } from '../parts/quantities.ts';
import { sentences } from './sentences.ts';

export interface ExplainedConsent {
  readonly title: string;
  /** Sentences. */
  readonly text: string;
  /** What the person says by agreeing, for a box to tick. */
  readonly agree: string;
}

type Words = { readonly [K in keyof ExplainedConsent]: () => string };

const CONSENTS: Readonly<Record<ConsentKind, Words>> = {
  unprotect: {
    title: m.failures_consent_unprotect_title,
    text: m.failures_consent_unprotect_text,
    agree: m.failures_consent_unprotect_agree,
  },
  'discard-outside': {
    title: m.failures_consent_discard_title,
    text: m.failures_consent_discard_text,
    agree: m.failures_consent_discard_agree,
  },
  downgrade: {
    title: m.failures_consent_downgrade_title,
    text: m.failures_consent_downgrade_text,
    agree: m.failures_consent_downgrade_agree,
  },
  'test-sector': {
    title: m.failures_consent_test_title,
    text: m.failures_consent_test_text,
    agree: m.failures_consent_test_agree,
  },
  unsigned: {
    title: m.failures_consent_unsigned_title,
    text: m.failures_consent_unsigned_text,
    agree: m.failures_consent_unsigned_agree,
  },
};

export function explainConsent({ kind, bytes }: Consent): ExplainedConsent {
  const { title, text, agree } = CONSENTS[kind];
  const stake = bytes === undefined ? undefined : m.failures_consent_bytes({ bytes: bytesInWords(bytes) });
  return { title: title(), text: sentences(text(), stake), agree: agree() };
}

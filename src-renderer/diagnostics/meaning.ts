/** What was found out about a device, in words for everybody: what stands in the way, and what is taken care of. */
import type { Finding, Severity } from '../../shared/finding.ts';
import { explainQuirk } from '../failures/quirks.ts';
import * as m from '../paraglide/messages.js';
import type { Tone } from '../state/notice.ts';

export interface ExplainedFinding {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  /** In the engine's words, for an engineer. */
  readonly findings: readonly Finding[];
}

const TONES: Readonly<Record<Severity, Tone>> = {
  prevents: 'warning',
  slows: 'info',
  handled: 'info',
  note: 'info',
};

interface Words {
  readonly title: (facts: Facts) => string;
  readonly text: (facts: Facts) => string;
}

type Facts = Readonly<Record<string, string>>;
const of = (facts: Facts, name: string) => facts[name] ?? '';

const option = (title: () => string, text: (values: { values: string }) => string): Words => ({
  title,
  text: (facts) => text({ values: of(facts, 'values') }),
});
const other = (text: () => string): Words => ({ title: m.diagnostics_other_title, text });

/** Ids are those of `src-main/diagnostics/device/`; known defects go by the name of their quirk. */
const FINDING_WORDS: Readonly<Record<string, Words>> = {
  'kind-clone': other(m.diagnostics_kind_clone),
  'kind-other-dfuse': other(m.diagnostics_kind_other_dfuse),
  'kind-plain-dfu': other(m.diagnostics_kind_plain_dfu),
  'kind-run-time': other(m.diagnostics_kind_run_time),
  'read-protected': { title: m.diagnostics_locked_title, text: m.diagnostics_locked_yes_meaning },
  'chip-unknown': { title: m.diagnostics_chip_title, text: m.diagnostics_chip_text },
  'bootloader-unknown': {
    title: m.diagnostics_unknown_version_title,
    text: m.diagnostics_bootloader_unknown,
  },
  'flash-smaller-than-shown': {
    title: m.diagnostics_smaller_title,
    text: (facts) => m.diagnostics_smaller_text({ shown: of(facts, 'shown'), size: of(facts, 'size') }),
  },
  'option-read-protection': option(m.diagnostics_option_lock_title, m.diagnostics_option_lock_text),
  'option-write-protection': option(m.diagnostics_option_write_title, m.diagnostics_option_write_text),
  'option-code-protection': option(m.diagnostics_option_code_title, m.diagnostics_option_code_text),
  'option-security': option(m.diagnostics_option_security_title, m.diagnostics_option_security_text),
  'option-banks': option(m.diagnostics_option_banks_title, m.diagnostics_option_banks_text),
  'option-boot': option(m.diagnostics_option_boot_title, m.diagnostics_option_boot_text),
  'flash-unreadable': {
    title: m.diagnostics_unreadable_title,
    text: (facts) => m.diagnostics_unreadable_text({ sectors: of(facts, 'sectors') }),
  },
  'application-cannot-start': {
    title: m.diagnostics_cannot_start_title,
    text: m.diagnostics_cannot_start_text,
  },
  'no-application': { title: m.diagnostics_no_application_title, text: m.diagnostics_no_application_text },
  'release-recognised': {
    title: (facts) =>
      m.diagnostics_recognised_title({ name: of(facts, 'name'), version: of(facts, 'version') }),
    text: m.diagnostics_recognised_text,
  },
};

/** The gravest first, never empty; what is told in the same words is told once. */
export function explainFindings(findings: readonly Finding[]): readonly ExplainedFinding[] {
  const byText = new Map<string, ExplainedFinding>();
  for (const finding of findings) {
    const { title, text } = wordsOf(finding);
    const before = byText.get(text);
    const tone = before?.tone === 'warning' ? before.tone : TONES[finding.severity];
    byText.set(text, { tone, title, text, findings: [...(before?.findings ?? []), finding] });
  }
  return byText.size > 0 ? [...byText.values()] : [FINE];
}

/** Revision and bootloader of which a finding is true, where both are known. */
export function subjectOf({ facts }: Finding): string | undefined {
  const { stepping, bootloader } = facts;
  if (stepping === undefined || bootloader === undefined) return undefined;
  return m.diagnostics_about_chip({ stepping, bootloader });
}

function wordsOf({ id, quirk, facts, what }: Finding): Pick<ExplainedFinding, 'title' | 'text'> {
  if (quirk !== undefined) return explainQuirk({ name: quirk, what });
  const words = FINDING_WORDS[id];
  return words
    ? { title: words.title(facts), text: words.text(facts) }
    : { title: m.failures_quirk_other_title(), text: what };
}

const FINE: ExplainedFinding = {
  tone: 'success',
  get title() {
    return m.diagnostics_fine_title();
  },
  get text() {
    return m.diagnostics_fine_text();
  },
  findings: [],
};

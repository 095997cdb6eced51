/** What the identity of a device means for updating it: what stands in the way, and what is known and taken care of. */
import type { DeviceIdentity } from '../../shared/identity.ts';
import { explainQuirk, QUIRK_WORDS } from '../failures/quirks.ts';
import * as m from '../paraglide/messages.js';
import type { Tone } from '../state/notice.ts';

type Quirk = DeviceIdentity['quirks'][number];

export interface Finding {
  readonly tone: Tone;
  readonly title: string;
  readonly text: string;
  /** What the engine knows, for an engineer. */
  readonly quirks: readonly Quirk[];
}

/** Most important first, never empty. */
export function findings(identity: DeviceIdentity): readonly Finding[] {
  const { kind, readProtected, bootloaderId, quirks } = identity;
  const found = [
    ...(kind === 'st-rom' ? [] : [otherLoader(kind)]),
    ...(readProtected.known && readProtected.value ? [lockedOne()] : []),
    ...(kind === 'st-rom' && !bootloaderId.known ? [unknownVersion()] : []),
    ...gathered(quirks.filter(({ name }) => QUIRK_WORDS.has(name))),
  ];
  return found.length > 0
    ? found
    : [{ tone: 'success', title: m.diagnostics_fine_title(), text: m.diagnostics_fine_text(), quirks: [] }];
}

/** Quirks without words for everybody: told as the engine tells them. */
export function furtherQuirks({ quirks }: DeviceIdentity): readonly Quirk[] {
  return quirks.filter(({ name }) => !QUIRK_WORDS.has(name));
}

function otherLoader(kind: Exclude<DeviceIdentity['kind'], 'st-rom'>): Finding {
  const texts = {
    clone: m.diagnostics_kind_clone,
    'other-dfuse': m.diagnostics_kind_other_dfuse,
    'plain-dfu': m.diagnostics_kind_plain_dfu,
    'run-time': m.diagnostics_kind_run_time,
  };
  return { tone: 'warning', title: m.diagnostics_other_title(), text: texts[kind](), quirks: [] };
}

function lockedOne(): Finding {
  return {
    tone: 'warning',
    title: m.diagnostics_locked_title(),
    text: m.diagnostics_locked_yes_meaning(),
    quirks: [],
  };
}

function unknownVersion(): Finding {
  return {
    tone: 'info',
    title: m.diagnostics_unknown_version_title(),
    text: m.diagnostics_bootloader_unknown(),
    quirks: [],
  };
}

/** Quirks that are told in the same words are told once. */
function gathered(quirks: readonly Quirk[]): readonly Finding[] {
  const byText = new Map<string, Finding>();
  for (const quirk of quirks) {
    const { title, text } = explainQuirk(quirk);
    const before = byText.get(text);
    byText.set(text, { tone: 'info', title, text, quirks: [...(before?.quirks ?? []), quirk] });
  }
  return [...byText.values()];
}

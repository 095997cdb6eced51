/** Makes a check of what was found. */
import type {
  HostAdvice,
  HostCheck,
  HostFinding,
  HostFindingFacts,
  HostRemedy,
  HostResult,
  HostTopic,
} from '../../../shared/host-check.ts';

/** What a finding is about and how bad it is, once: the same finding is never told in two ways. */
const MEANING: Readonly<Record<HostFinding, readonly [topic: HostTopic, result: HostResult]>> = {
  'usb-works': ['usb', 'ok'],
  'usb-fails': ['usb', 'attention'],
  'usb-unannounced': ['usb', 'attention'],
  'machine-plain': ['machine', 'ok'],
  'machine-virtual': ['machine', 'note'],
  'machine-container': ['machine', 'note'],
  'machine-untold': ['machine', 'untold'],
  'folder-keeps': ['folder', 'ok'],
  'folder-fails': ['folder', 'attention'],
  'in-bootloader': ['shown', 'ok'],
  'in-application': ['shown', 'note'],
  'not-in-bootloader': ['shown', 'note'],
  'nothing-shown': ['shown', 'note'],
  unrecognised: ['connection', 'attention'],
  opened: ['permission', 'ok'],
  'not-tried': ['permission', 'untold'],
  'open-failed': ['permission', 'attention'],
  'open-refused': ['permission', 'attention'],
  'rule-missing': ['permission', 'attention'],
  'rule-ineffective': ['permission', 'attention'],
  'no-access': ['permission', 'attention'],
  'driver-fits': ['driver', 'ok'],
  'driver-missing': ['driver', 'attention'],
  'driver-old-st': ['driver', 'attention'],
  'driver-foreign': ['driver', 'attention'],
  'driver-broken': ['driver', 'attention'],
  'driver-untold': ['driver', 'untold'],
  held: ['programs', 'attention'],
  'held-untold': ['programs', 'attention'],
  attached: ['topology', 'ok'],
  steady: ['connection', 'ok'],
  dropping: ['connection', 'attention'],
  'over-current': ['connection', 'attention'],
  disturbed: ['connection', 'attention'],
  'rate-fits': ['rate', 'ok'],
  'rate-low': ['rate', 'attention'],
};

export function check<F extends HostFinding>(
  finding: F,
  facts: HostFindingFacts[F],
  about: { readonly device?: string; readonly remedies?: readonly HostRemedy[] } = {},
): HostCheck {
  const [topic, result] = MEANING[finding];
  const { device, remedies = [] } = about;
  return { topic, result, finding, facts, remedies, ...(device !== undefined && { device }) } as HostCheck;
}

export function advise(...advice: readonly HostAdvice[]): readonly HostRemedy[] {
  return advice.map((each) => ({ kind: 'advice', advice: each }));
}

export function command(line: string): HostRemedy {
  return { kind: 'command', command: line };
}

/** What was found out about this computer, and what can be done about it, in the language of the screens. */
import type {
  HostAdvice,
  HostCheck,
  HostFinding,
  HostFindingFacts,
  HostTopic,
  Mended,
} from '../../shared/host-check.ts';
import { enterMode } from '../failures/remedies.ts';
import { sentence, sentences, traces } from '../failures/sentences.ts';
import { number, rate } from '../parts/quantities.ts';
import * as m from '../paraglide/messages.js';

export const topicWords: Readonly<Record<HostTopic, () => string>> = {
  usb: m.host_topic_usb,
  machine: m.host_topic_machine,
  folder: m.host_topic_folder,
  shown: m.host_topic_shown,
  permission: m.host_topic_permission,
  driver: m.host_topic_driver,
  programs: m.host_topic_programs,
  topology: m.host_topic_topology,
  connection: m.host_topic_connection,
  rate: m.host_topic_rate,
};

type Wording = { readonly [F in HostFinding]: (facts: HostFindingFacts[F]) => string };

const FINDINGS: Wording = {
  'usb-works': ({ devices }) => m.host_usb_works({ devices }),
  'usb-fails': ({ detail }) => sentences(m.host_usb_fails(), sentence(detail)),
  'usb-unannounced': () => m.host_usb_unannounced(),
  'machine-plain': () => m.host_machine_plain(),
  'machine-virtual': ({ name }) => m.host_machine_virtual({ name }),
  'machine-container': ({ name }) => m.host_machine_container({ name }),
  'machine-untold': () => m.host_machine_untold(),
  'folder-keeps': ({ path }) => sentences(m.host_folder_keeps(), traces(path)),
  'folder-fails': ({ path, detail }) => sentences(m.host_folder_fails(), sentence(detail), traces(path)),
  'in-bootloader': () => m.host_in_bootloader(),
  'in-application': () => m.host_in_application(),
  'not-in-bootloader': ({ others }) =>
    sentences(m.host_not_in_bootloader(), traces(...others.map(({ path, usb }) => `${path} ${usb}`))),
  'nothing-shown': () => m.host_nothing_shown(),
  unrecognised: () => m.host_unrecognised(),
  opened: () => m.host_opened(),
  'not-tried': () => m.host_not_tried(),
  'open-failed': ({ detail }) => sentences(m.host_open_failed(), traces(detail)),
  'open-refused': () => m.host_open_refused(),
  'rule-missing': () => m.host_rule_missing(),
  'rule-ineffective': ({ file, seated }) =>
    sentences(seated ? m.host_rule_late() : m.host_rule_elsewhere(), traces(file)),
  'no-access': () => m.host_no_access(),
  'driver-fits': ({ service }) => m.host_driver_fits({ service }),
  'driver-missing': ({ problem }) => sentences(m.host_driver_missing(), problemWords(problem)),
  'driver-old-st': () => m.host_driver_old_st(),
  'driver-foreign': ({ service }) => m.host_driver_foreign({ service }),
  'driver-broken': ({ service, problem }) =>
    sentences(m.host_driver_broken(), problemWords(problem), traces(service)),
  'driver-untold': () => m.host_driver_untold(),
  held: ({ programs }) => m.host_held({ programs: programs.join(', ') }),
  'held-untold': () => m.host_held_untold(),
  attached: ({ hubs, speed, via }) =>
    sentences(
      hubs === 0 ? m.host_direct() : m.host_hubs({ hubs }),
      traces(...via),
      speed === undefined ? m.host_speed_untold() : m.host_speed({ speed: number(speed, 1) }),
    ),
  steady: ({ times, minutes }) => m.host_steady({ times, minutes }),
  dropping: ({ times, minutes }) => m.host_dropping({ times, minutes }),
  'over-current': ({ times }) => m.host_over_current({ times }),
  disturbed: ({ errors, requests }) =>
    m.host_disturbed({ errors: number(errors), requests: number(requests) }),
  'rate-fits': ({ rate: measured }) => m.host_rate_fits({ rate: rate(measured) }),
  'rate-low': ({ rate: measured, expected }) =>
    m.host_rate_low({ rate: rate(measured), expected: rate(expected) }),
};

export function findingWords({ finding, facts }: Pick<HostCheck, 'finding' | 'facts'>): string {
  return say(finding, facts);
}

function say<F extends HostFinding>(finding: F, facts: HostFindingFacts[F]): string {
  return FINDINGS[finding](facts);
}

function problemWords(problem: number | undefined): string | undefined {
  return problem === undefined ? undefined : m.host_problem({ problem });
}

export function adviceWords(advice: HostAdvice, expert: boolean): string {
  return ADVICE[advice](expert);
}

const ADVICE: Readonly<Record<HostAdvice, (expert: boolean) => string>> = {
  replug: () => m.failures_advice_replug(),
  'close-programs': () => m.failures_advice_other_programs(),
  'other-cable': () => m.failures_advice_other_cable(),
  'other-port': () => m.host_advice_other_port(),
  'own-supply': () => m.host_advice_own_supply(),
  'hand-over': () => m.failures_cause_virtual_machine_check(),
  'enter-bootloader': (expert) => enterMode(expert).text,
  'serial-pins': (expert) => (expert ? m.host_advice_serial_pins_expert() : m.host_advice_serial_pins()),
  'sit-in-front': () => m.host_advice_sit_in_front(),
  'start-again': () => m.host_advice_start_again(),
  'make-room': () => m.failures_advice_disk(),
  'winusb-by-hand': () => m.failures_advice_windows_driver(),
  'old-st-tool-loses': () => m.failures_advice_windows_driver_back(),
};

export const mendedWords: Readonly<Record<Mended['outcome'], () => string>> = {
  usable: m.host_mended_usable,
  replug: m.host_mended_replug,
  cancelled: m.host_mended_cancelled,
  'not-authorised': m.host_mended_not_authorised,
  unavailable: m.host_mended_unavailable,
  failed: m.host_mended_failed,
};

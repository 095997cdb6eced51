/** What a script learns from how the program ends. Stable: a number never gets another meaning. */
import type { FailureCode } from '../../../shared/failure.ts';

export const ExitCode = {
  ok: 0,
  internal: 1,
  usage: 2,
  noDevice: 3,
  access: 4,
  refused: 5,
  deviceFailure: 6,
  differs: 7,
  cancelled: 8,
  file: 9,
  /** The maker's repository cannot be reached, or is not to be believed. */
  repository: 10,
  /** A second Ctrl-C: 128 and the number of SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const BY_FAILURE: Readonly<Record<FailureCode, ExitCode>> = {
  usage: ExitCode.usage,
  cancelled: ExitCode.cancelled,
  'no-device': ExitCode.noDevice,
  'several-devices': ExitCode.noDevice,
  'not-st-rom': ExitCode.refused,
  'not-dfuse': ExitCode.refused,
  'no-flash-layout': ExitCode.refused,
  'no-permission': ExitCode.access,
  'no-driver': ExitCode.access,
  busy: ExitCode.access,
  disconnected: ExitCode.deviceFailure,
  'usb-transfer': ExitCode.deviceFailure,
  'no-answer': ExitCode.deviceFailure,
  'bad-file': ExitCode.file,
  'plan-refused': ExitCode.refused,
  'read-protected': ExitCode.refused,
  'command-rejected': ExitCode.deviceFailure,
  'stuck-busy': ExitCode.deviceFailure,
  'bad-state': ExitCode.deviceFailure,
  'protocol-violation': ExitCode.deviceFailure,
  'erase-failed': ExitCode.deviceFailure,
  'program-failed': ExitCode.deviceFailure,
  'verify-mismatch': ExitCode.differs,
  'no-unused-sector': ExitCode.refused,
  'sector-not-cleaned': ExitCode.deviceFailure,
  'read-short': ExitCode.deviceFailure,
  'consent-missing': ExitCode.refused,
  'not-supported': ExitCode.refused,
  'did-not-return': ExitCode.deviceFailure,
  'wrong-device-returned': ExitCode.deviceFailure,
  offline: ExitCode.repository,
  'not-the-repository': ExitCode.repository,
  'server-refused': ExitCode.repository,
  'server-silent': ExitCode.repository,
  'untrusted-connection': ExitCode.repository,
  'clock-wrong': ExitCode.repository,
  'not-trusted': ExitCode.repository,
  expired: ExitCode.repository,
  'no-release': ExitCode.refused,
  'release-refused': ExitCode.refused,
  'host-file': ExitCode.file,
  'replay-deviation': ExitCode.differs,
  'replay-withheld': ExitCode.file,
  occupied: ExitCode.access,
  'not-found': ExitCode.usage,
  'not-allowed': ExitCode.refused,
  'bad-request': ExitCode.internal,
  'host-gone': ExitCode.internal,
  internal: ExitCode.internal,
};

export function exitCodeOf(code: FailureCode): ExitCode {
  return BY_FAILURE[code];
}

/** What one device ended with counts for all of them in this order: the later, the worse. */
const SEVERITY: readonly ExitCode[] = [
  ExitCode.ok,
  ExitCode.cancelled,
  ExitCode.usage,
  ExitCode.file,
  ExitCode.repository,
  ExitCode.noDevice,
  ExitCode.access,
  ExitCode.refused,
  ExitCode.differs,
  ExitCode.deviceFailure,
  ExitCode.internal,
  ExitCode.interrupted,
];

export function worstOf(codes: readonly ExitCode[]): ExitCode {
  return codes.reduce((a, b) => (SEVERITY.indexOf(b) > SEVERITY.indexOf(a) ? b : a), ExitCode.ok);
}

/** Facts for every failure there is: at least one of each code, and one more where the facts decide about the words. */
import {
  consentKind,
  deviceCondition,
  failureCodes,
  fileFault,
  refusalReason,
  releaseRefusal,
  type Failure,
  type FailureCode,
  type FailureFacts,
} from '../../shared/failure.ts';

const SAMPLES: { readonly [C in FailureCode]: readonly FailureFacts[C][] } = {
  usage: [{ problem: 'two files for one device' }],
  cancelled: deviceCondition.options.map((condition) => ({ condition })),
  'no-device': [{}, { wanted: '1-7' }],
  'several-devices': [{ paths: ['1-3', '1-4'] }],
  'not-st-rom': [{ what: 'GigaDevice GD32', evidence: ['USB ID 28E9:0189 belongs to GigaDevice GD32'] }],
  'not-dfuse': [{ what: 'the device runs its application' }],
  'no-flash-layout': [{ strings: [] }, { strings: ['@OTP Memory /0x1FFF7800/01*512 e'] }],
  'no-permission': [{ path: '1-3' }],
  'no-driver': [{ path: '1-3' }],
  busy: [{ path: '1-3' }],
  disconnected: [{ path: '1-3' }, { path: '1-3', address: 0x0812_0000 }],
  'usb-transfer': [
    { path: '1-3', kind: 'stall', request: 'control out 0x21 0x01 value 2 index 0' },
    { path: '1-3', kind: 'io', request: 'control in 0xA1 0x03 value 0 index 0' },
  ],
  'no-answer': [{ path: '1-3', request: 'control in 0xA1 0x03 value 0 index 0' }],
  'bad-file': fileFault.options.map((fault) => ({
    fault,
    detail: 'line 7 is odd',
    format: 'intel-hex',
    line: 7,
  })),
  'plan-refused': refusalReason.options.map((reason) => ({
    reason,
    detail: 'the device has no flash at 0x08200000',
    address: 0x0820_0000,
    size: 2048,
  })),
  'read-protected': [{}, { address: 0x0800_0000 }],
  'command-rejected': [{ command: 'set address', address: 0x0800_0000, status: 8, state: 10 }],
  'stuck-busy': [
    { address: 0x0810_0000, state: 4, elapsed: 125_000 },
    { state: 4, elapsed: 40 },
  ],
  'bad-state': [
    { state: 6, status: 14, wanted: 'dfuIDLE' },
    { state: 99, status: 99, wanted: 'dfuIDLE' },
  ],
  'protocol-violation': [{ what: 'a status of five bytes' }],
  'erase-failed': [{ address: 0x0812_0000, size: 131_072, tries: 3, firstNotErased: 0x0812_0010 }],
  'program-failed': [{ address: 0x0800_0400, status: 3, state: 10 }],
  'verify-mismatch': [
    { address: 0x0804_1c00, differing: 64, tries: 2 },
    { address: 0x0804_1c00, differing: 1, tries: 1 },
  ],
  'no-unused-sector': [{ looked: 12 }],
  'sector-not-cleaned': [{ address: 0x081e_0000, size: 131_072 }],
  'read-short': [{ address: 0x0800_0000, wanted: 1024, got: 0 }],
  'consent-missing': consentKind.options.map((what) => ({ what })),
  'not-supported': [{ what: 'this bootloader has no such command' }],
  'did-not-return': [{ path: '1-3', waited: 120_000 }],
  'wrong-device-returned': [{ path: '1-3', expected: 'serial A', found: 'serial B' }],
  'host-file': [{ path: '/state/1-3.json', operation: 'write', detail: 'the disk is full' }],
  'replay-deviation': [{ line: 7, expected: 'open', got: 'close' }],
  'replay-withheld': [
    { line: 7, bytes: 1024 },
    { line: 7, bytes: 1024, address: 0x0800_4000 },
  ],
  occupied: [{ path: '1-3' }],
  'not-found': [{ what: 'the firmware 1.4.2' }],
  'not-allowed': [{ what: 'firmware from a file' }],
  'bad-request': [{ request: 'update.start', detail: 'path: a string was expected' }],
  'host-gone': [{ request: 'update.start' }],
  offline: [{ host: 'firmware.example' }],
  'not-the-repository': [{ url: 'https://firmware.example/timestamp.json', what: 'a web page' }],
  'server-refused': [
    { url: 'https://firmware.example/timestamp.json', status: 503 },
    { url: 'https://firmware.example/timestamp.json', status: 403 },
  ],
  'server-silent': [{ host: 'firmware.example', waited: 30_000 }],
  'untrusted-connection': [{ host: 'firmware.example', detail: 'the certificate has expired' }],
  'clock-wrong': [
    { today: '2019-01-01T00:00:00Z', passed: '2026-06-01T00:00:00Z' },
    { today: '2019-01-01T00:00:00Z' },
  ],
  'not-trusted': [{ file: 'timestamp.json', detail: 'a signature is missing' }],
  expired: [{ file: 'timestamp.json', since: '2026-06-01T00:00:00Z' }],
  'no-release': [{ wanted: 'version 1.4.2' }],
  'release-refused': releaseRefusal.options.flatMap((reason) => [
    { version: '1.4.2', reason },
    { version: '1.4.2', reason, why: { en: 'It measures wrongly' }, wanted: 'Y', found: 'V' },
  ]),
  internal: [{ detail: 'x is not a function' }],
};

/** All samples of a code, without phase and condition. */
export function samplesOf(code: FailureCode): readonly Failure[] {
  return SAMPLES[code].map((facts) => ({ code, facts }) as Failure);
}

export const failureSamples: readonly Failure[] = failureCodes.flatMap(samplesOf);

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceCondition, Failure, FailureCode, FailureFacts, FileFault } from '../../shared/failure.ts';
import type { Phase, RefusalReason } from '../../shared/failure.ts';
import * as m from '../paraglide/messages.js';
import { locales, setLocale } from '../paraglide/runtime.js';
import { REFUSED_BECAUSE } from './repository.ts';
import { explain, type Explained, type Situation } from './explain.ts';

const REFUSALS: Readonly<Record<RefusalReason, true>> = {
  'outside-layout': true,
  'not-erasable': true,
  'not-writable': true,
  'across-hole': true,
  'beyond-flash-size': true,
  'wrong-target': true,
  'not-internal-flash': true,
  'read-protected': true,
  misaligned: true,
  'empty-image': true,
  'protected-range': true,
  'known-defect': true,
};
const FAULTS: Readonly<Record<FileFault, true>> = {
  unreadable: true,
  'too-large': true,
  empty: true,
  truncated: true,
  'bad-checksum': true,
  'bad-record': true,
  overlap: true,
  'no-end-record': true,
  'after-end-record': true,
  unsupported: true,
  inconsistent: true,
  'extension-mismatch': true,
  'address-needed': true,
  'address-range': true,
  'git-lfs-pointer': true,
  'html-page': true,
  'unknown-format': true,
};
const PHASES: Readonly<Record<Phase, true>> = {
  'read-file': true,
  find: true,
  identify: true,
  plan: true,
  compare: true,
  erase: true,
  write: true,
  verify: true,
  leave: true,
  unprotect: true,
  'enter-bootloader': true,
  read: true,
  replay: true,
};

/** At least one of each, and one more where the facts decide about the words. */
const SAMPLES: { readonly [C in FailureCode]: readonly FailureFacts[C][] } = {
  usage: [{ problem: 'two files for one device' }],
  cancelled: [{ condition: 'untouched' }, { condition: 'incomplete' }, { condition: 'complete' }],
  'no-device': [{}, { wanted: '1-7' }],
  'several-devices': [{ paths: ['1-3', '1-4'] }],
  'not-st-rom': [{ what: 'a clone', evidence: ['its USB ID is not ST’s'] }],
  'not-dfuse': [{ what: 'it speaks plain DFU' }],
  'no-flash-layout': [{ strings: [] }, { strings: ['@OTP Memory /0x1FFF7800/01*512 e'] }],
  'no-permission': [{ path: '1-3' }],
  'no-driver': [{ path: '1-3' }],
  busy: [{ path: '1-3' }],
  disconnected: [{ path: '1-3' }, { path: '1-3', address: 0x0812_0000 }],
  'usb-transfer': [
    { path: '1-3', kind: 'stall', request: 'DNLOAD' },
    { path: '1-3', kind: 'io', request: 'GETSTATUS' },
  ],
  'no-answer': [{ path: '1-3', request: 'GETSTATUS' }],
  'bad-file': keysOf(FAULTS).map((fault) => ({
    fault,
    detail: 'line 7 is odd',
    format: 'intel-hex',
    line: 7,
  })),
  'plan-refused': keysOf(REFUSALS).map((reason) => ({
    reason,
    detail: 'no flash there',
    address: 0x0820_0000,
    size: 2048,
  })),
  'read-protected': [{}, { address: 0x0800_0000 }],
  'command-rejected': [{ command: 'set address', address: 0x0800_0000, status: 8, state: 10 }],
  'stuck-busy': [
    { state: 4, elapsed: 40 },
    { address: 0x0810_0000, state: 4, elapsed: 125_000 },
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
  'read-short': [{ address: 0x0800_0000, wanted: 1024, got: 0 }],
  'consent-missing': [
    { what: 'unprotect' },
    { what: 'discard-outside' },
    { what: 'downgrade' },
    { what: 'unsigned' },
  ],
  'not-supported': [{ what: 'this chip has no such command' }],
  'did-not-return': [{ path: '1-3', waited: 120_000 }],
  'wrong-device-returned': [{ path: '1-3', expected: 'serial A', found: 'serial B' }],
  'host-file': [{ path: '/state/1-3.json', operation: 'write', detail: 'the disk is full' }],
  'replay-deviation': [{ line: 7, expected: 'open', got: 'close' }],
  occupied: [{ path: '1-3' }],
  'not-found': [{ what: 'job 4' }],
  'not-allowed': [{ what: 'firmware from a file' }],
  'bad-request': [{ request: 'update.start', detail: 'path: a string was expected' }],
  'host-gone': [{ request: 'update.start' }],
  offline: [{ host: 'firmware.example' }],
  'not-the-repository': [{ url: 'https://firmware.example/timestamp.json', what: 'a web page' }],
  'server-refused': [{ url: 'https://firmware.example/timestamp.json', status: 503 }],
  'server-silent': [{ host: 'firmware.example', waited: 30_000 }],
  'untrusted-connection': [{ host: 'firmware.example', detail: 'the certificate has expired' }],
  'clock-wrong': [
    { today: '2019-01-01T00:00:00Z', passed: '2026-06-01T00:00:00Z' },
    { today: '2019-01-01T00:00:00Z' },
  ],
  'not-trusted': [{ file: 'timestamp.json', detail: 'a signature is missing' }],
  expired: [{ file: 'timestamp.json', since: '2026-06-01T00:00:00Z' }],
  'no-release': [{ wanted: 'version 1.4.2' }],
  'release-refused': keysOf(REFUSED_BECAUSE).flatMap((reason) => [
    { version: '1.4.2', reason },
    { version: '1.4.2', reason, why: { en: 'It measures wrongly' }, wanted: 'Y', found: 'V' },
  ]),
  internal: [{ detail: 'x is not a function' }],
};

const CUSTOMER: Situation = { platform: 'linux', expert: false };
const EXPERT: Situation = { platform: 'linux', expert: true };
const PLATFORMS = ['linux', 'darwin', 'win32', 'other'] as const;
const CODES = keysOf(SAMPLES);
const CONDITIONS: readonly DeviceCondition[] = ['untouched', 'incomplete', 'complete'];

function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(record) as K[];
}

function samples(code: FailureCode): Failure[] {
  return SAMPLES[code].map((facts) => ({ code, facts }) as Failure);
}

/** Every sample on every system, and in every phase and condition that a job can leave it with. */
function everyExplanation(code: FailureCode, expert: boolean): Explained[] {
  const plain = samples(code);
  const inJobs = plain
    .slice(0, 2)
    .flatMap((failure) => [
      ...keysOf(PHASES).map((phase) => ({ ...failure, phase })),
      ...CONDITIONS.flatMap((condition) =>
        (['write', 'unprotect'] as const).map((phase) => ({ ...failure, phase, condition })),
      ),
    ]);
  return [
    ...plain.flatMap((failure) => PLATFORMS.map((platform) => explain(failure, { platform, expert }))),
    ...inJobs.map((failure) => explain(failure, { platform: 'linux', expert })),
  ];
}

/** Two buttons for the same, or the same sentence twice. */
function repeats({ now }: Explained): boolean {
  const buttons = now.map(({ kind }) => kind).filter((kind) => kind !== 'advice');
  const both = buttons.includes('replug') && (buttons.includes('continue') || buttons.includes('try-again'));
  return both || new Set([...buttons, ...now.map(({ text }) => text)]).size < buttons.length + now.length;
}

function allWords({ title, why, now }: Explained): string {
  return [title, why, ...now.map(({ text }) => text)].join('\n');
}

afterAll(() => setLocale('en', { reload: false }));

describe.each(locales)('in %s', (locale) => {
  beforeAll(() => setLocale(locale, { reload: false }));

  it.each(CODES)('%s has a title, a reason and a way out', (code) => {
    const ended = /[.!?。！？\]]$/;
    const wrong = [...everyExplanation(code, false), ...everyExplanation(code, true)].filter(
      (explained) =>
        !/^\S.*[^.。\s]$/.test(explained.title) ||
        !ended.test(explained.why) ||
        explained.now.length === 0 ||
        repeats(explained) ||
        explained.now.some(({ kind, text }) => ended.test(text) !== (kind === 'advice')) ||
        /undefined|NaN|\[object|failures_|[{}]| {2}/.test(allWords(explained)),
    );
    expect(wrong).toEqual([]);
  });

  it('a customer is spared what the engine says in English', () => {
    for (const failure of CODES.flatMap(samples)) {
      for (const value of Object.values(failure.facts).flat()) {
        // What is asked of the person and the languages' own numbers are words too; whole phrases are the engine's.
        if (typeof value !== 'string' || !/\w \w+ \w/.test(value)) continue;
        expect(explain(failure, CUSTOMER).why).not.toContain(value);
      }
    }
  });
});

describe('in English', () => {
  beforeAll(() => setLocale('en', { reload: false }));

  it.each(CODES)('%s is told to customers without jargon', (code) => {
    const jargon =
      /\b(DFU|DfuSe)\b|bootloader|sector|verif|alternate|flash|read.?back|\bstall|option byte|\bRDP|\b0x/i;
    // Names that others gave, in quotation marks, and endings of file names are what the person has to look for.
    const names = /“[^”]*”|\.dfu\b/g;
    const said = everyExplanation(code, false).map((explained) => allWords(explained).replace(names, ''));
    expect(said.filter((words) => jargon.test(words))).toEqual([]);
  });

  it('a disconnect says what was being done, that nothing is broken, and how it goes on', () => {
    const explained = explain(
      { code: 'disconnected', facts: { path: '1-3' }, phase: 'write', condition: 'incomplete' },
      CUSTOMER,
    );
    expect(explained.why).toBe(
      'The connection ended while part of the memory was being written. The device is not damaged: its update ' +
        'mode is built in and cannot be overwritten. Run the update again to finish it.',
    );
    expect(explained.now.map(({ kind }) => kind)).toEqual(['advice', 'continue', 'advice']);
  });

  it('the expert reads places, sizes and states', () => {
    const [failure] = samples('erase-failed');
    expect(failure && explain(failure, EXPERT).why).toContain('0x08120000 (128\u202fKB)');
    expect(
      explain({ code: 'stuck-busy', facts: { address: 0x0810_0000, state: 4, elapsed: 12_000 } }, EXPERT).why,
    ).toMatch(/dfuDNBUSY.*\[0x08100000\].*ROM/);
    expect(
      explain({ code: 'disconnected', facts: { path: '1-3', address: 0x0804_1c00 }, phase: 'write' }, EXPERT)
        .why,
    ).toMatch(/while a sector was being written\. \[1-3 · 0x08041C00\]/);
  });

  it('on Linux missing rights lead to the rule, and nowhere else', () => {
    const offering = PLATFORMS.filter((platform) =>
      explain({ code: 'no-permission', facts: { path: '1-3' } }, { platform, expert: false }).now.some(
        ({ kind }) => kind === 'install-rule',
      ),
    );
    expect(offering).toEqual(['linux']);
  });

  it('what a person stopped before it began is not continued but begun again', () => {
    const remedy = (condition: DeviceCondition) =>
      explain({ code: 'cancelled', facts: { condition } }, CUSTOMER).now[0]?.kind;
    expect([remedy('untouched'), remedy('incomplete')]).toEqual(['try-again', 'continue']);
  });

  it('a device that was left half unlocked is not promised an update that goes on', () => {
    const { why, now } = explain(
      {
        code: 'no-answer',
        facts: { path: '1-3', request: 'x' },
        phase: 'unprotect',
        condition: 'incomplete',
      },
      CUSTOMER,
    );
    expect(why).toContain('may be erased already');
    expect(now.map(({ kind }) => kind)).not.toContain('continue');
  });

  it('a lock that the plan finds and one that the device reports are the same to the person', () => {
    const planned = explain(
      { code: 'plan-refused', facts: { reason: 'read-protected', detail: 'locked' } },
      CUSTOMER,
    );
    expect(planned).toEqual(explain({ code: 'read-protected', facts: {} }, CUSTOMER));
    expect(planned.now[0]).toEqual({ kind: 'unlock', text: m.failures_do_unlock() });
  });
});

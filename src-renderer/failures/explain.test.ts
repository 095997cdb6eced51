import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeviceCondition, FailureCode, Phase } from '../../shared/failure.ts';
import { failureSamples, samplesOf } from '../../test/rig/failure-samples.ts';
import * as m from '../paraglide/messages.js';
import { locales, setLocale } from '../paraglide/runtime.js';
import { explain, type Explained, type Situation } from './explain.ts';

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

const CUSTOMER: Situation = { platform: 'linux', expert: false };
const EXPERT: Situation = { platform: 'linux', expert: true };
const PLATFORMS = ['linux', 'darwin', 'win32', 'other'] as const;
const CODES = [...new Set(failureSamples.map(({ code }) => code))];
const CONDITIONS: readonly DeviceCondition[] = ['untouched', 'incomplete', 'complete'];

function keysOf<K extends string>(record: Readonly<Record<K, unknown>>): K[] {
  return Object.keys(record) as K[];
}

/** Every sample on every system, and in every phase and condition that a job can leave it with. */
function everyExplanation(code: FailureCode, expert: boolean): Explained[] {
  const plain = samplesOf(code);
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
    for (const failure of CODES.flatMap(samplesOf)) {
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
    const [failure] = samplesOf('erase-failed');
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

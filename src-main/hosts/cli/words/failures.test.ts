import { describe, expect, it } from 'vitest';
import type { FailureCode, FailureFacts } from '../../../../shared/failure.ts';
import { fileFault, refusalReason, releaseRefusal, StepwiseError } from '../../../../shared/failure.ts';
import { wordsOf, type WordsContext } from './failures.ts';

const FACTS: { readonly [C in FailureCode]: FailureFacts[C] } = {
  usage: { problem: 'no such option' },
  cancelled: { condition: 'untouched' },
  'no-device': {},
  'several-devices': { paths: ['1-1', '1-2'] },
  'not-st-rom': { what: 'GigaDevice GD32', evidence: ['USB ID 28E9:0189 belongs to GigaDevice GD32'] },
  'not-dfuse': { what: 'the device runs its application' },
  'no-flash-layout': { strings: ['@Option Bytes /0x1FFFC000/01*016 e'] },
  'no-permission': { path: '1-1' },
  'no-driver': { path: '1-1' },
  busy: { path: '1-1' },
  disconnected: { path: '1-1', address: 0x0804_1c00 },
  'usb-transfer': { path: '1-1', kind: 'stall', request: 'control out 0x21 0x01 value 2 index 0' },
  'no-answer': { path: '1-1', request: 'control in 0xA1 0x03 value 0 index 0' },
  'bad-file': { fault: 'truncated', detail: 'The file stops in the middle.' },
  'plan-refused': { reason: 'outside-layout', detail: 'the device has no flash at 0x08200000' },
  'read-protected': { address: 0x0800_0000 },
  'command-rejected': { command: 'erase', address: 0x0800_0000, status: 8, state: 10 },
  'stuck-busy': { address: 0x0810_0000, state: 4, elapsed: 12_000 },
  'bad-state': { state: 6, status: 0, wanted: 'dfuIDLE' },
  'protocol-violation': { what: 'a status of five bytes' },
  'erase-failed': { address: 0x0812_0000, size: 131_072, tries: 3, firstNotErased: 0x0812_0010 },
  'program-failed': { address: 0x0800_0400, status: 3, state: 10 },
  'verify-mismatch': { address: 0x0804_1c00, differing: 64, tries: 2 },
  'read-short': { address: 0x0800_0000, wanted: 1024, got: 0 },
  'consent-missing': { what: 'unprotect' },
  'not-supported': { what: 'this bootloader has no such command' },
  'did-not-return': { path: '1-1', waited: 120_000 },
  'wrong-device-returned': { path: '1-1', expected: '0483:df11 | A', found: '0483:df11 | B' },
  'host-file': { path: '/state/x.json', operation: 'write', detail: 'EROFS: read-only file system' },
  'replay-deviation': { line: 7, expected: 'open', got: 'close' },
  occupied: { path: '1-1' },
  'not-found': { what: 'the firmware 1.4.2' },
  'not-allowed': { what: 'firmware from a file' },
  'bad-request': { request: 'update.start', detail: 'path: expected string' },
  'host-gone': { request: 'update.start' },
  offline: { host: 'firmware.example' },
  'not-the-repository': { url: 'https://firmware.example/timestamp.json', what: 'a web page' },
  'server-refused': { url: 'https://firmware.example/timestamp.json', status: 503 },
  'server-silent': { host: 'firmware.example', waited: 30_000 },
  'untrusted-connection': { host: 'firmware.example', detail: 'the certificate has expired' },
  'clock-wrong': { today: '2019-01-01T00:00:00Z', passed: '2026-06-01T00:00:00Z' },
  'not-trusted': { file: 'timestamp.json', detail: 'its signature is missing' },
  expired: { file: 'timestamp.json', since: '2026-06-01T00:00:00Z' },
  'no-release': { wanted: 'version 1.4.2' },
  'release-refused': { version: '1.4.2', reason: 'stepping', wanted: 'revision Y', found: 'revision V' },
  internal: { detail: 'x is not a function' },
};
const CODES = Object.keys(FACTS) as FailureCode[];
const LINUX: WordsContext = { platform: 'linux', udevRule: '/opt/stepwise/resources/70-stepwise.rules' };

function wordsFor<C extends FailureCode>(
  code: C,
  facts: FailureFacts[C],
  context = LINUX,
  phase?: 'write' | 'enter-bootloader',
) {
  return wordsOf(new StepwiseError(code, facts, phase && { phase }).failure, context);
}

describe.each(['linux', 'darwin', 'win32'] as const)('on %s', (platform) => {
  it.each(CODES)('%s has a title, a reason and a way out, in sentences', (code) => {
    const { title, why, now } = wordsFor(code, FACTS[code], { ...LINUX, platform });
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(why).toMatch(/^[A-Z].*\.$/);
    for (const step of now) expect(step).toMatch(/^(\$ \S.*|[A-Z`].*[.:])$/);
    if (code !== 'cancelled') expect(now).not.toHaveLength(0);
    expect([title, why, ...now].join(' ')).not.toMatch(/undefined|NaN|\[object/);
  });
});

it.each(releaseRefusal.options)('a release refused because of %s has words', (reason) => {
  const why = { en: 'It measures wrongly.' };
  const words = wordsFor('release-refused', { version: '1.4.2', reason, why });
  expect(words.title).toMatch(/^Release 1\.4\.2 [a-z]/);
  expect(words.why).toBe('It measures wrongly. Nothing was changed.');
});

it.each(fileFault.options)('a file that is %s has words', (fault) => {
  const { title, now } = wordsFor('bad-file', { fault, detail: 'why' });
  expect(title).toMatch(/^(The|This|The file) /);
  expect(now.join()).toMatch(/\.$/);
});

it.each(refusalReason.options)('a refusal for %s has words', (reason) => {
  const { title, now } = wordsFor('plan-refused', { reason, detail: 'why' });
  expect(title).toMatch(/^(This|There|Part) /);
  expect(now.join()).toMatch(/\.$/);
});

it('missing rights on Linux name the rule and the exact commands', () => {
  expect(wordsFor('no-permission', { path: '1-2' }).now.filter((step) => step.startsWith('$ '))).toEqual([
    '$ sudo cp /opt/stepwise/resources/70-stepwise.rules /etc/udev/rules.d/',
    '$ sudo udevadm control --reload && sudo udevadm trigger',
  ]);
});

it('a path with a blank in it is quoted for the shell', () => {
  const context = { ...LINUX, udevRule: "/opt/my tools/it's/70-stepwise.rules" };
  expect(wordsFor('no-permission', { path: '1-2' }, context).now[1]).toBe(
    `$ sudo cp '/opt/my tools/it'\\''s/70-stepwise.rules' /etc/udev/rules.d/`,
  );
});

it('a disconnect says what was being done, and that the bootloader cannot be destroyed', () => {
  const { why } = wordsFor('disconnected', { path: '1-1', address: 0x0804_1c00 }, LINUX, 'write');
  expect(why).toBe(
    'The connection to 1-1 ended while flash was being written at 0x08041C00. ' +
      'The device is not damaged: a bootloader in ROM cannot be overwritten.',
  );
});

it('a device that is not there is named', () => {
  expect(wordsFor('no-device', { wanted: '1-7' }).title).toBe('There is no device 1-7');
});

it('an application without a way into the bootloader leads to the button', () => {
  const { now } = wordsFor('not-supported', { what: 'it offers none' }, LINUX, 'enter-bootloader');
  expect(now.join()).toContain('BOOT0');
});

it('a stall and a disturbed line are told apart', () => {
  const request = 'control out 0x21 0x01';
  expect(wordsFor('usb-transfer', { path: '1-1', kind: 'stall', request }).why).toContain('refused');
  expect(wordsFor('usb-transfer', { path: '1-1', kind: 'io', request }).why).toContain('disturbed');
});

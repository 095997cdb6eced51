import { describe, expect, it } from 'vitest';
import type { FailureCode, FailureFacts } from '../../../../shared/failure.ts';
import { fileFault, refusalReason, releaseRefusal, StepwiseError } from '../../../../shared/failure.ts';
import { failureSamples } from '../../../../test/rig/failure-samples.ts';
import { wordsOf, type WordsContext } from './failures.ts';

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
  it.each(failureSamples)('$code has a title, a reason and a way out, in sentences', (failure) => {
    const { title, why, now } = wordsOf(failure, { ...LINUX, platform });
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    expect(why).toMatch(/^[A-Z].*\.$/);
    for (const step of now) expect(step).toMatch(/^(\$ \S.*|[A-Z`].*[.:])$/);
    if (failure.code !== 'cancelled') expect(now).not.toHaveLength(0);
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

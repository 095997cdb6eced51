import { describe, expect, it } from 'vitest';
import { hostAdvice, type HostFinding, type HostFindingFacts } from '../../../../shared/host-check.ts';
import { findingWords, remedyWords } from './host.ts';

const say = <F extends HostFinding>(finding: F, facts: HostFindingFacts[F]) => findingWords(finding, facts);

describe('findings', () => {
  it('say what the system told, and that it did not tell the rest', () => {
    expect(say('attached', { hubs: 2, speed: 12, via: ['Dock', 'USB2.0 Hub'] })).toBe(
      'Behind 2 hubs: Dock, then USB2.0 Hub, at 12 Mbit/s.',
    );
    expect(say('attached', { hubs: 0, via: [] })).toBe('Without a hub. The system does not tell its speed.');
  });

  it('say whose driver it is and what is needed', () => {
    expect(say('driver-old-st', {})).toMatch(/STTub30.*WinUSB/);
    expect(say('driver-missing', { problem: 28 })).toContain('problem 28');
    expect(say('driver-missing', {})).not.toContain('problem');
    expect(say('driver-broken', { problem: 10 })).toBe(
      'Its driver does not work: Windows reports problem 10.',
    );
  });

  it('say why a rule that is there has no effect', () => {
    const file = '/etc/udev/rules.d/70-stepwise.rules';
    expect(say('rule-ineffective', { file, seated: true })).toContain('plugged in again');
    expect(say('rule-ineffective', { file, seated: false })).toContain('in front of this computer');
  });

  it('give rates beside what can be expected', () => {
    expect(say('rate-low', { rate: 40_960, expected: 655_360 })).toBe(
      '40 KB/s, far below the 640 KB/s that can be expected.',
    );
  });
});

describe('remedies', () => {
  it.each(hostAdvice.options)('%s is a sentence', (advice) => {
    const [words = ''] = remedyWords({ kind: 'advice', advice });
    expect(words).toMatch(/^[A-Z].*[.:]$/);
  });

  it('a maker’s driver is installed by one command', () => {
    expect(remedyWords({ kind: 'install-driver', file: 'C:\\Acme Tool\\acme.inf' })[1]).toBe(
      '$ pnputil /add-driver "C:\\Acme Tool\\acme.inf" /install',
    );
  });
});

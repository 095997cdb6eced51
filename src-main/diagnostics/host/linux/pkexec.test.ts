import { describe, expect, it } from 'vitest';
import { FakeComputer } from '../../../../test/rig/fake-computer.ts';
import type { Ran } from '../computer.ts';
import { canAsk, installRule } from './pkexec.ts';

const INSTALL =
  'pkexec --disable-internal-agent install -D -m 0644 /dev/stdin /etc/udev/rules.d/70-stepwise.rules';

function computer(
  installing: string | Ran,
  environment: Readonly<Record<string, string>> = { DISPLAY: ':0' },
) {
  return new FakeComputer({
    environment,
    programs: { 'pkexec --version': 'pkexec version 124', [INSTALL]: installing },
  });
}

const ended = (code: number, err = ''): Ran => ({ kind: 'ended', code, out: '', err });

describe('asking for a password', () => {
  it.each([{ DISPLAY: ':0' }, { WAYLAND_DISPLAY: 'wayland-0' }])(
    'is possible on a screen: %o',
    async (environment) => {
      expect(await canAsk(computer('', environment))).toBe(true);
    },
  );

  it('is not possible over ssh or on a bare terminal', async () => {
    expect(await canAsk(computer('', { SSH_CONNECTION: 'x' }))).toBe(false);
  });

  it('is not possible where there is no pkexec: in Flatpak and Snap', async () => {
    expect(await canAsk(new FakeComputer({ environment: { DISPLAY: ':0', FLATPAK_ID: 'x' } }))).toBe(false);
  });
});

describe('the rule', () => {
  it('goes to one fixed place, through the standard input', async () => {
    const here = computer('');
    expect(await installRule(here, 'RULE\n')).toBeUndefined();
    expect(here.ran.at(-1)).toEqual({ line: INSTALL, input: 'RULE\n' });
  });

  it.each<[string, Ran, unknown]>([
    ['a closed question', ended(126), { outcome: 'cancelled' }],
    ['a wrong password', ended(127), { outcome: 'not-authorised' }],
    ['a question nobody answers', { kind: 'silent' }, { outcome: 'cancelled' }],
    [
      'a disk that cannot be written',
      ended(1, 'install: cannot create regular file: Read-only file system\n'),
      { outcome: 'failed', detail: 'install: cannot create regular file: Read-only file system' },
    ],
  ])('%s is told as what it is', async (_, ran, expected) => {
    expect(await installRule(computer(ran), 'RULE')).toEqual(expected);
  });

  it('is not tried where nobody can be asked', async () => {
    const here = computer('', {});
    expect(await installRule(here, 'RULE')).toEqual({ outcome: 'unavailable' });
    expect(here.ran).toEqual([]);
  });
});

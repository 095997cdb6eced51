import { describe, expect, it } from 'vitest';
import { FakeComputer } from '../../../../test/rig/fake-computer.ts';
import type { Ran } from '../computer.ts';
import { driverPackage, installDriver } from './driver-package.ts';

const ID = { vendorId: 0x0483, productId: 0xdf11 };
const INF = '[Acme.NTamd64]\r\n%Name% = USB_Install, USB\\VID_0483&PID_DF11\r\n';
const FOLDER = 'C:\\Program Files\\Acme\\resources\\drivers';

const found = (files: Readonly<Record<string, string>>) =>
  driverPackage(
    new FakeComputer({ platform: 'win32', files }).files,
    'C:\\Program Files\\Acme\\resources',
    ID,
  );

describe('the maker’s package', () => {
  it('is the one that names the device', async () => {
    const files = {
      [`${FOLDER}\\a-other.inf`]: INF.replace('DF11', '5740'),
      [`${FOLDER}\\acme.cat`]: INF,
      [`${FOLDER}\\acme.inf`]: INF.toLowerCase(),
    };
    expect(await found(files)).toEqual({ name: 'acme.inf', file: `${FOLDER}\\acme.inf` });
  });

  it('may be written in UTF-16', async () => {
    const wide = INF.replaceAll(/(?!^)/g, '\0');
    expect(await found({ [`${FOLDER}\\acme.inf`]: wide })).toMatchObject({ name: 'acme.inf' });
  });

  it('is not there where the maker ships none', async () => {
    expect(await found({ [`${FOLDER}\\README.md`]: 'USB\\VID_0483&PID_DF11' })).toBeUndefined();
    expect(await found({})).toBeUndefined();
  });
});

const scriptOf = (line: string) => Buffer.from(line.split(' ').at(-1) ?? '', 'base64').toString('utf16le');

describe('installing it', () => {
  const driver = { name: 'acme.inf', file: 'C:\\Zoë’s $(tools)\\drivers\\acme.inf' };

  it('asks Windows for consent, and the path cannot become a command', async () => {
    const computer = new FakeComputer({ platform: 'win32', programs: { powershell: '' } });
    expect(await installDriver(computer, driver)).toBeUndefined();
    const script = scriptOf(computer.ran[0]?.line ?? '');
    expect(script).toContain("$start.Verb = 'runas'");
    expect(script).toContain(`'/add-driver "' + 'C:\\Zoë’’s $(tools)\\drivers\\acme.inf' + '" /install'`);
  });

  it.each<[string, Ran, unknown]>([
    ['a driver that fits nothing better', { kind: 'ended', code: 259, out: '', err: '' }, undefined],
    ['a restart that is wanted', { kind: 'ended', code: 3010, out: '', err: '' }, undefined],
    ['a no', { kind: 'ended', code: 1223, out: '', err: '' }, { outcome: 'cancelled' }],
    ['no answer', { kind: 'silent' }, { outcome: 'cancelled' }],
    ['a Windows without PowerShell', { kind: 'absent' }, { outcome: 'unavailable' }],
    [
      'a bad signature',
      { kind: 'ended', code: -536870353, out: '', err: '' },
      { outcome: 'failed', detail: 'pnputil ended with -536870353' },
    ],
  ])('%s is told as what it is', async (_, ran, expected) => {
    const computer = new FakeComputer({ platform: 'win32', programs: { powershell: ran } });
    expect(await installDriver(computer, driver)).toEqual(expected);
  });
});

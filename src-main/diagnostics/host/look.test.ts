import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hostCheck, type HostCheck, type HostFinding } from '../../../shared/host-check.ts';
import type { FakeComputerOptions } from '../../../test/rig/fake-computer.ts';
import { BOOTLOADER, lookFrom, RULE } from '../../../test/rig/host-scene.ts';
import type { Scene } from './look.ts';
import type { Subject } from './subject.ts';

afterAll(() => {
  rmSync(join(tmpdir(), 'stepwise-host-scene'), { recursive: true, force: true });
});

const UDEV = { '/run/udev/control': '' };
const INSTALLED = '/etc/udev/rules.d/70-stepwise.rules';
const NODE = '/dev/bus/usb/001/004';
const SCREEN = { environment: { DISPLAY: ':0' }, programs: { 'pkexec --version': 'pkexec version 124' } };

const linux = (more: FakeComputerOptions = {}): FakeComputerOptions => ({
  ...more,
  platform: 'linux',
  files: { ...UDEV, ...more.files },
});

const CONNECTED = 'pnputil /enum-devices /connected';
const INSTANCE = 'USB\\VID_0483&PID_DF11\\357636743433';
const KEY = `reg query HKLM\\SYSTEM\\CurrentControlSet\\Enum\\${INSTANCE}`;

/** A PC that has given the bootloader this service and reports this problem, in the words of a German Windows. */
function windows(
  service?: string,
  problem?: string,
  files: Readonly<Record<string, string>> = {},
): FakeComputerOptions {
  const device = [
    `Instanz-ID:                ${INSTANCE}`,
    ...(problem === undefined ? [] : [`Problemcode:     ${problem}`]),
  ];
  return {
    platform: 'win32',
    files,
    programs: {
      [CONNECTED]: `Microsoft-PnP-Dienstprogramm\r\n\r\n${device.join('\r\n')}\r\n`,
      [KEY]: `\r\n    Class    REG_SZ    USB\r\n${service === undefined ? '' : `    Service    REG_SZ    ${service}\r\n`}`,
    },
  };
}

const IOREG = 'ioreg -r -c IOUSBHostDevice -l -w 0';
const mac = (holder?: string): FakeComputerOptions => ({
  platform: 'darwin',
  programs: {
    [IOREG]: [
      '+-o Hub@14100000  <class IOUSBHostDevice, id 0x1>',
      '  | {',
      '  |   "locationID" = 336592896',
      '  | }',
      '  +-o STM32  BOOTLOADER@14120000  <class IOUSBHostDevice, id 0x2>',
      '    | {',
      '    |   "locationID" = 336723968',
      '    |   "USBSpeed" = 1',
      '    | }',
      ...(holder === undefined
        ? []
        : [
            '    +-o Client  <class AppleUSBHostDeviceUserClient, id 0x3>',
            `        "IOUserClientCreator" = "pid 8, ${holder}"`,
          ]),
    ].join('\n'),
  },
});
const ON_MAC = { path: '20-1.2' };

const refused = (
  kind: 'no-permission' | 'no-driver' | 'busy',
  more: Partial<Subject> = {},
): Partial<Subject> => ({
  ...more,
  opened: { kind },
});

interface Defect {
  readonly computer: FakeComputerOptions;
  readonly subject?: Partial<Subject>;
  readonly scene?: Partial<Scene>;
  readonly finding: HostFinding;
  readonly facts?: unknown;
  /** Kinds of remedies, and which advice, in their order. */
  readonly remedies: readonly string[];
}

const quality = { requests: 700, errors: 0, rate: 650_000, median: 3, slowest: 5 };
const linkOf = (rate: number, errors = 0): Partial<Subject> => ({
  link: { quality: { ...quality, rate, errors }, expected: 690_000 },
});

const DEFECTS: Readonly<Record<string, Defect>> = {
  'no rule, in front of a screen': {
    computer: linux(SCREEN),
    subject: refused('no-permission'),
    finding: 'rule-missing',
    remedies: ['install-rule', 'command', 'replug'],
  },
  'no rule, and nobody to ask for a password': {
    computer: linux({ environment: { SSH_CONNECTION: '10.0.0.1' }, programs: SCREEN.programs }),
    subject: refused('no-permission'),
    finding: 'rule-missing',
    remedies: ['command', 'replug'],
  },
  'a rule that does not name the device': {
    computer: linux({ ...SCREEN, files: { [INSTALLED]: RULE } }),
    subject: refused('no-permission', { productId: 0x5740 }),
    finding: 'rule-missing',
    remedies: ['command'],
  },
  'a rule that came after the device': {
    computer: linux({ ...SCREEN, files: { [INSTALLED]: RULE } }),
    subject: refused('no-permission'),
    finding: 'rule-ineffective',
    facts: { file: INSTALLED, seated: true },
    remedies: ['replug', 'command'],
  },
  'a rule for somebody who sits elsewhere': {
    computer: linux({ environment: { SSH_CONNECTION: '10.0.0.1' }, files: { [INSTALLED]: RULE } }),
    subject: refused('no-permission'),
    finding: 'rule-ineffective',
    facts: { file: INSTALLED, seated: false },
    remedies: ['sit-in-front', 'command'],
  },
  'no udevd': {
    computer: { platform: 'linux' },
    subject: {},
    finding: 'usb-unannounced',
    remedies: ['start-again'],
  },
  'another program, which Linux names': {
    computer: linux({ files: { '/proc/70/comm': 'dfu-util\n' }, links: { '/proc/70/fd/3': NODE } }),
    subject: refused('busy'),
    finding: 'held',
    facts: { programs: ['dfu-util'] },
    remedies: ['close-programs'],
  },
  'another program of another account': {
    computer: linux(),
    subject: refused('busy'),
    finding: 'held-untold',
    remedies: ['close-programs'],
  },
  'too much current': {
    computer: linux({ files: { '/sys/bus/usb/devices/1-2:1.0/1-2-port4/over_current_count': '2\n' } }),
    subject: {},
    finding: 'over-current',
    facts: { times: 2 },
    remedies: ['own-supply', 'other-port'],
  },
  'no way to it on Linux': {
    computer: linux(),
    subject: refused('no-driver'),
    finding: 'no-access',
    remedies: ['replug', 'hand-over'],
  },
  'it went away while it was looked at': {
    computer: linux(),
    subject: { opened: { kind: 'failed', detail: 'usb-transfer' } },
    finding: 'open-failed',
    facts: { detail: 'usb-transfer' },
    remedies: ['replug', 'other-cable'],
  },
  'no driver on Windows': {
    computer: windows(undefined, '28 (0x1C) [CM_PROB_FAILED_INSTALL]'),
    subject: refused('no-driver'),
    finding: 'driver-missing',
    facts: { problem: 28 },
    remedies: ['winusb-by-hand'],
  },
  'no driver, and the maker ships one': {
    computer: windows(undefined, '28 (0x1C)', {
      'C:\\Stepwise\\resources\\drivers\\acme.inf': 'USB\\VID_0483&PID_DF11',
    }),
    subject: refused('no-driver'),
    finding: 'driver-missing',
    remedies: ['install-driver'],
  },
  'ST’s old driver': {
    computer: windows('STTub30'),
    subject: refused('no-driver'),
    finding: 'driver-old-st',
    remedies: ['winusb-by-hand', 'old-st-tool-loses'],
  },
  'libusbK without its library': {
    computer: windows('libusbK'),
    subject: refused('no-driver'),
    finding: 'driver-foreign',
    facts: { service: 'libusbK' },
    remedies: ['winusb-by-hand'],
  },
  'libusb0 without its library': {
    computer: windows('libusb0'),
    subject: refused('no-driver'),
    finding: 'driver-foreign',
    facts: { service: 'libusb0' },
    remedies: ['winusb-by-hand'],
  },
  'WinUSB, and no access all the same': {
    computer: windows('WINUSB'),
    subject: refused('no-driver'),
    finding: 'no-access',
    remedies: ['replug', 'winusb-by-hand'],
  },
  'a driver that does not start': {
    computer: windows('WINUSB', '10 (0xA) [CM_PROB_FAILED_START]'),
    subject: refused('no-driver'),
    finding: 'driver-broken',
    facts: { service: 'WINUSB', problem: 10 },
    remedies: ['replug', 'winusb-by-hand'],
  },
  'a Windows that tells no drivers': {
    computer: { platform: 'win32' },
    subject: refused('no-driver'),
    finding: 'no-access',
    remedies: ['winusb-by-hand'],
  },
  'a device Windows cannot ask what it is': {
    computer: {
      platform: 'win32',
      programs: { [CONNECTED]: 'x\r\n\r\nInstanz-ID:    USB\\VID_0000&PID_0002\\5&3&0&2\r\n' },
    },
    finding: 'unrecognised',
    facts: { devices: 1 },
    remedies: ['other-cable', 'other-port', 'own-supply'],
  },
  'another program on Windows': {
    computer: windows('WINUSB'),
    subject: refused('busy'),
    finding: 'held-untold',
    remedies: ['close-programs'],
  },
  'another program on a Mac, which says which': {
    computer: mac('STM32CubeProgrammer'),
    subject: refused('no-permission', ON_MAC),
    finding: 'held',
    facts: { programs: ['STM32CubeProgrammer'] },
    remedies: ['close-programs'],
  },
  'a refusal of a Mac': {
    computer: mac(),
    subject: refused('no-permission', ON_MAC),
    finding: 'open-refused',
    remedies: ['close-programs', 'replug'],
  },
  'a link far below its model': {
    computer: linux(),
    subject: linkOf(40_000),
    finding: 'rate-low',
    facts: { rate: 40_000, expected: 690_000 },
    remedies: ['other-port', 'other-cable'],
  },
  'a link that loses requests': {
    computer: linux(),
    subject: linkOf(600_000, 3),
    finding: 'disturbed',
    facts: { errors: 3, requests: 700 },
    remedies: ['other-cable', 'other-port'],
  },
  'a bus that cannot be told': {
    computer: linux(),
    scene: { attached: () => Promise.reject(new Error('libusb_init returned -99')) },
    finding: 'usb-fails',
    facts: { detail: 'libusb_init returned -99' },
    remedies: [],
  },
  'a folder that is a file': {
    computer: linux(),
    scene: { stateFolder: '/dev/null' },
    finding: 'folder-fails',
    remedies: ['make-room'],
  },
};

const kinds = ({ remedies }: HostCheck) =>
  remedies.map((remedy) => (remedy.kind === 'advice' ? remedy.advice : remedy.kind));

describe('each defect has its finding, its remedies, and is something to be done', () => {
  it.each(Object.entries(DEFECTS))(
    '%s',
    async (_, { computer, subject, scene, finding, facts, remedies }) => {
      const checks = await lookFrom(computer, subject ? [subject] : [], scene);
      const found = checks.find((check) => check.finding === finding);
      expect(checks.map((check) => check.finding)).toContain(finding);
      expect(found?.result).toBe('attention');
      if (facts !== undefined) expect(found?.facts).toEqual(facts);
      expect(found && kinds(found)).toEqual(remedies);
      // It crosses the contract as it is.
      expect(checks.map((check) => hostCheck.parse(check))).toEqual(checks);
    },
  );

  it('and only that one is: nothing else is blamed for it', async () => {
    for (const [name, { computer, subject, scene, finding }] of Object.entries(DEFECTS)) {
      const checks = await lookFrom(computer, subject ? [subject] : [], scene);
      const blamed = checks.filter(({ result }) => result === 'attention').map((check) => check.finding);
      // A Mac refuses a device that is held; both is told.
      expect(
        blamed.filter((each) => each !== 'open-refused' || finding === each),
        name,
      ).toEqual([finding]);
    }
  });
});

describe('where all is well', () => {
  it.each<[string, FakeComputerOptions, Partial<Subject>, HostFinding[]]>([
    ['on Linux', linux(), {}, ['in-bootloader', 'opened', 'attached']],
    ['on Windows', windows('WINUSB'), {}, ['in-bootloader', 'opened', 'driver-fits', 'attached']],
    [
      'on a Windows that tells no drivers',
      { platform: 'win32' },
      {},
      ['in-bootloader', 'opened', 'driver-untold', 'attached'],
    ],
    ['on a Mac', mac(), ON_MAC, ['in-bootloader', 'opened', 'attached']],
    [
      'on a Windows with libusbK and its library',
      windows('libusbK'),
      {},
      ['in-bootloader', 'opened', 'driver-fits', 'attached'],
    ],
    [
      'with a link as it should be',
      linux(),
      linkOf(300_000),
      ['in-bootloader', 'opened', 'attached', 'rate-fits'],
    ],
    [
      'while it is looked at',
      linux(),
      { opened: { kind: 'not-tried' } },
      ['in-bootloader', 'not-tried', 'attached'],
    ],
  ])('%s nothing has to be done', async (_, computer, subject, findings) => {
    const checks = await lookFrom(computer, [subject]);
    expect(checks.filter(({ result }) => result === 'attention')).toEqual([]);
    expect(checks.filter(({ device }) => device !== undefined).map(({ finding }) => finding)).toEqual(
      findings,
    );
  });

  it('the way to the device is told as far as the system tells it', async () => {
    const wayOf = async (computer: FakeComputerOptions, subject: Partial<Subject> = {}) =>
      (await lookFrom(computer, [subject])).find(({ finding }) => finding === 'attached')?.facts;
    const files = { '/sys/bus/usb/devices/1-2/product': 'Hub\n', '/sys/bus/usb/devices/1-2.4/speed': '12\n' };
    expect(await wayOf(linux({ files }))).toEqual({ hubs: 1, speed: 12, via: ['Hub'] });
    expect(await wayOf(mac(), ON_MAC)).toEqual({ hubs: 1, speed: 12, via: ['Hub'] });
    expect(await wayOf(windows('WINUSB'))).toEqual({ hubs: 1, via: [] });
  });
});

describe('where no device shows itself', () => {
  const shown = async (others: readonly (readonly [vendorId: number, productId: number])[]) => {
    const attached = others.map(([vendorId, productId], at) => ({
      path: `1-${at}`,
      identity: { vendorId, productId },
    }));
    const checks = await lookFrom(linux(), [], { attached: () => Promise.resolve(attached) });
    return checks.find(({ topic }) => topic === 'shown');
  };

  it('the way into its bootloader is told, and what may keep it from there', async () => {
    const nothing = await shown([[0x046d, 0xc31c]]);
    expect(nothing).toMatchObject({ finding: 'nothing-shown', result: 'note' });
    expect(nothing && kinds(nothing)).toEqual(['enter-bootloader', 'other-cable', 'serial-pins']);
  });

  it('something of the same maker may be it, in its application', async () => {
    expect(await shown([[0x0483, 0x5740]])).toMatchObject({
      finding: 'not-in-bootloader',
      facts: { others: [{ path: '1-0', usb: '0483:5740' }] },
    });
  });

  it('a debugger is no product', async () => {
    expect(await shown([[0x0483, 0x374b]])).toMatchObject({ finding: 'nothing-shown' });
  });
});

it('an application is said to be one', async () => {
  const checks = await lookFrom(linux(), [{ runsApplication: true }]);
  expect(checks.find(({ topic }) => topic === 'shown')).toMatchObject({
    device: BOOTLOADER.path,
    finding: 'in-application',
  });
});

it('the computer comes first, then device by device, each with its topics in one order', async () => {
  const checks = await lookFrom(linux(), [{ path: '1-10' }, { path: '1-9' }, { path: '1-2.4' }]);
  const devices = checks.map(({ device }) => device ?? '');
  expect([...new Set(devices)]).toEqual(['', '1-2.4', '1-9', '1-10']);
  expect(devices).toEqual([...devices].sort((a, b) => a.localeCompare(b, 'en', { numeric: true })));
});

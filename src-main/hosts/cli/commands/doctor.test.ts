import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { hostFindings, type HostCheck } from '../../../../shared/host-check.ts';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { FakeComputer } from '../../../../test/rig/fake-computer.ts';
import type { HostFault } from '../../../virtual/faults.ts';
import { ExitCode } from '../exit-code.ts';

let world: FakeWorld;
afterEach(() => {
  world.dispose();
});

const always = (kind: HostFault['kind'], failure: HostFault['failure']): HostFault => ({
  kind,
  failure,
  times: 'always',
});

interface Document {
  readonly checks: readonly HostCheck[];
  readonly devices: readonly Record<string, unknown>[];
  readonly mustBeDone: number;
}

async function asked(...args: readonly string[]): Promise<Document & { readonly exitCode: number }> {
  const exitCode = await world.run('doctor', '--json', ...args);
  return { ...(world.json as Document), exitCode };
}

describe('where all is well', () => {
  it('nothing has to be done, and the link was measured', async () => {
    world = new FakeWorld(['f405']);
    const { exitCode, mustBeDone, checks, devices } = await asked();
    expect([exitCode, mustBeDone]).toEqual([ExitCode.ok, 0]);
    expect(checks.find(({ topic }) => topic === 'rate')).toMatchObject({
      device: '1-1',
      finding: 'rate-fits',
    });
    expect(devices).toMatchObject([
      { path: '1-1', usb: '0483:DF11', title: 'STM32 F405/F407', link: { quality: {} } },
    ]);
  });

  it('nothing is changed on the device', async () => {
    world = new FakeWorld(['f405', { contents: [{ address: 0x0800_0000, bytes: Uint8Array.of(1, 2, 3) }] }]);
    await world.run('doctor');
    expect([...world.device.flash.read(0x0800_0000, 4)]).toEqual([1, 2, 3, 0xff]);
  });

  it('a known defect that is handled is told, and is nothing to be done', async () => {
    world = new FakeWorld(['h743-v-0x90']);
    expect(await world.run('doctor')).toBe(ExitCode.ok);
    expect(world.terminal.out.text).toMatch(/· Device {8}.*/);
    world.clear();
    const { devices } = await asked();
    expect(JSON.stringify(devices)).toContain('"severity":"handled"');
  });

  it('the table has a row for each check', async () => {
    world = new FakeWorld(['f405']);
    expect(await world.run('doctor')).toBe(ExitCode.ok);
    const { lines } = world.terminal.out;
    expect(lines).toContain('This computer');
    expect(lines).toContain('1-1  STM32 F405/F407 · bootloader V9.1 (0x91)');
    expect(lines).toContain('✓ Rights        It could be opened.');
    expect(lines.at(-1)).toBe('Nothing has to be done.');
  });
});

describe('where something is in the way', () => {
  it('a locked device is no fault of the computer, and yet something has to be done', async () => {
    world = new FakeWorld(['f405', { protection: 1 }]);
    const { exitCode, mustBeDone, checks, devices } = await asked();
    expect([exitCode, mustBeDone]).toEqual([ExitCode.differs, 1]);
    expect(checks.map(({ result }) => result)).not.toContain('attention');
    expect(devices).toMatchObject([{ link: null }]);
    world.clear();
    await world.run('doctor');
    expect(world.terminal.out.text).toMatch(/✗ Device {8}Flash is locked/);
  });

  it.each<[HostFault, string, NodeJS.Platform]>([
    [always('open-refused', 'no-permission'), 'rule-missing', 'linux'],
    [always('open-refused', 'no-driver'), 'no-access', 'win32'],
    [always('claim-refused', 'busy'), 'held-untold', 'darwin'],
  ])('%o is found, and the exit code says that something must be done', async (fault, finding, platform) => {
    world = new FakeWorld(['f405', { faults: [fault] }]);
    world.platform = platform;
    const { exitCode, checks, mustBeDone } = await asked();
    expect([exitCode, mustBeDone]).toEqual([ExitCode.differs, 1]);
    expect(checks.filter(({ result }) => result === 'attention')).toMatchObject([{ finding, device: '1-1' }]);
  });

  it('the command that helps is printed in one piece, to be copied', async () => {
    world = new FakeWorld(['f405', { faults: [always('open-refused', 'no-permission')] }]);
    expect(await world.run('doctor')).toBe(ExitCode.differs);
    expect(world.terminal.out.lines.map((line) => line.trim())).toContain(
      '$ sudo cp /opt/stepwise/resources/70-stepwise.rules /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger',
    );
    expect(world.terminal.out.lines.at(-1)).toBe('1 thing has to be done: see the marks ✗.');
  });

  it('it asks the computer it runs on', async () => {
    world = new FakeWorld(['f405', { faults: [always('claim-refused', 'busy')] }]);
    world.computer = new FakeComputer({
      files: { '/run/udev/control': '', '/proc/70/comm': 'qFlipper\n' },
      links: { '/proc/70/fd/3': '/dev/bus/usb/001/001' },
    });
    await world.run('doctor');
    expect(world.terminal.out.text).toContain('✗ Programs      In use by qFlipper.');
  });

  it('one device does not keep it from the others', async () => {
    world = new FakeWorld(['f405', { faults: [always('open-refused', 'no-permission')] }], ['f767']);
    const { devices, checks } = await asked();
    expect(devices).toMatchObject([
      { failure: { code: 'no-permission' } },
      { path: '1-2', link: { quality: {} } },
    ]);
    expect(checks.filter(({ device }) => device === '1-2').map(({ result }) => result)).not.toContain(
      'attention',
    );
  });

  it('a bus that cannot be listed is a finding', async () => {
    world = new FakeWorld();
    world.openBus = () =>
      Promise.resolve({
        list: () => Promise.reject(new Error('no USB here')),
        subscribe: () => () => undefined,
        close: () => Promise.resolve(),
      });
    expect(await asked()).toMatchObject({
      exitCode: ExitCode.differs,
      checks: [{ finding: 'usb-fails' }, {}, {}],
    });
  });
});

it('Ctrl-C ends it, and nothing is said of what was not examined', async () => {
  world = new FakeWorld(['f405']);
  const running = world.run('doctor');
  await world.until(() => world.device.transfers > 100);
  world.terminal.stop();
  expect(await running).toBe(ExitCode.cancelled);
  expect(world.terminal.out.text).toBe('');
  expect(world.terminal.err.text).toMatch(/^✗ Cancelled/);
});

describe('without a device', () => {
  it('the computer is examined all the same, and the exit code says that none is there', async () => {
    world = new FakeWorld();
    const { exitCode, checks } = await asked();
    expect(exitCode).toBe(ExitCode.noDevice);
    expect(checks.map(({ finding }) => finding)).toContain('nothing-shown');
  });
});

describe('on virtual devices', () => {
  it.each([
    ['no-permission', 'rule-missing'],
    ['no-driver', 'no-access'],
    ['busy', 'held-untold'],
  ])('--virtual-fault %s shows what it says of it', async (fault, finding) => {
    world = new FakeWorld();
    const { checks, exitCode } = await asked('--virtual', 'f405', '--virtual-fault', fault);
    expect(exitCode).toBe(ExitCode.differs);
    expect(checks.find(({ result }) => result === 'attention')).toMatchObject({ finding });
  });

  it('a fault nobody knows is refused with those there are', async () => {
    world = new FakeWorld();
    expect(await world.run('doctor', '--virtual', 'f405', '--virtual-fault', 'bad-luck')).toBe(
      ExitCode.usage,
    );
    expect(world.terminal.err.text.replace(/\s+/g, ' ')).toContain(
      'There is no fault bad-luck. There are: write-refused,',
    );
  });
});

it('every finding is documented', () => {
  const docs = readFileSync(new URL('../../../../docs/cli.md', import.meta.url), 'utf8');
  expect(hostFindings.filter((finding) => !docs.includes(`\`${finding}\``))).toEqual([]);
});

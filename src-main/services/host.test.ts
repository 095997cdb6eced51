import { afterEach, describe, expect, it } from 'vitest';
import type { HostCheck } from '../../shared/host-check.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { ServicesRig } from '../../test/rig/services-rig.ts';
import { BOOTLOADER_IDS } from '../devices/bootloader-ids.ts';

let rig: ServicesRig;
afterEach(() => rig.close());

const DEVICE = 'f405';

async function checks(topic?: HostCheck['topic']): Promise<readonly HostCheck[]> {
  const all = await rig.request('diagnose.host', {});
  return topic === undefined ? all : all.filter((check) => check.topic === topic);
}

const blamed = async () =>
  (await checks()).filter(({ result }) => result === 'attention').map(({ finding }) => finding);

describe('this computer', () => {
  it.each(['linux', 'darwin', 'win32'] as const)(
    'has nothing to be done on %s where all is well',
    async (platform) => {
      rig = await ServicesRig.open({ platform });
      const path = await rig.plug(DEVICE);
      expect(await blamed()).toEqual([]);
      expect(await checks('permission')).toMatchObject([{ device: path, finding: 'opened', result: 'ok' }]);
      expect(await checks('folder')).toMatchObject([{ facts: { path: rig.stateFolder } }]);
    },
  );

  it('is not praised for what was not tried', async () => {
    rig = await ServicesRig.open({ platform: 'linux' });
    expect((await checks()).map(({ finding }) => finding)).toEqual([
      'usb-works',
      'machine-untold',
      'folder-keeps',
      'nothing-shown',
    ]);
  });

  it('cannot tell anything of a virtual port, and says so', async () => {
    rig = await ServicesRig.open({ platform: 'linux' });
    await rig.plug(DEVICE);
    expect(await checks('topology')).toMatchObject([{ facts: { hubs: 0, via: [] } }]);
    expect(await checks('machine')).toMatchObject([{ result: 'untold' }]);
  });
});

describe('what a virtual device meets', () => {
  it.each<[fault: string, platform: NodeJS.Platform, finding: string]>([
    ['no-permission', 'linux', 'rule-missing'],
    ['no-permission', 'darwin', 'open-refused'],
    ['no-permission', 'win32', 'open-refused'],
    ['no-driver', 'linux', 'no-access'],
    ['no-driver', 'win32', 'no-access'],
    ['busy', 'linux', 'held-untold'],
    ['busy', 'darwin', 'held-untold'],
    ['busy', 'win32', 'held-untold'],
  ])('%s on %s is %s', async (fault, platform, finding) => {
    rig = await ServicesRig.open({ platform });
    await rig.plug(DEVICE, fault);
    expect(await blamed()).toEqual([finding]);
  });

  it.each(['read-protected', 'write-protected', 'stuck-erase-never', 'verify-mismatch'])(
    '%s is not the fault of the computer',
    async (fault) => {
      rig = await ServicesRig.open({ platform: 'linux' });
      await rig.plug(DEVICE, fault);
      expect(await blamed()).toEqual([]);
    },
  );

  it('a link far below its model is told once it has been measured', async () => {
    rig = await ServicesRig.open({ platform: 'linux' });
    const path = await rig.plug('h743-v-0x90', 'slow');
    expect(await checks('rate')).toEqual([]);
    await rig.request('diagnose.link', { path });
    expect(await checks('rate')).toMatchObject([{ device: path, finding: 'rate-low' }]);
  });

  it('a good link is as the model has it', async () => {
    rig = await ServicesRig.open({ platform: 'linux' });
    const path = await rig.plug(DEVICE);
    await rig.request('diagnose.link', { path });
    expect(await checks('rate')).toMatchObject([{ device: path, finding: 'rate-fits' }]);
  });

  it('disconnecting again and again is counted', async () => {
    rig = await ServicesRig.open({ platform: 'linux' });
    const path = await rig.plug(DEVICE);
    for (let turn = 0; turn < 3; turn++) {
      await rig.request('demo.replug', { path, boot0: true });
      await rig.clock.sleep(1_000);
    }
    expect(await checks('connection')).toMatchObject([{ finding: 'dropping', facts: { times: 3 } }]);
  });
});

describe('the rule', () => {
  it('is offered with its text, installed when asked for, and holds from the next plugging in', async () => {
    rig = await ServicesRig.open({ platform: 'linux' });
    const path = await rig.plug(DEVICE, 'no-permission');
    const [refused] = await checks('permission');
    const offered = refused?.remedies.find(({ kind }) => kind === 'install-rule');
    for (const { vendorId } of BOOTLOADER_IDS)
      expect(offered).toMatchObject({ rule: expect.stringContaining(vendorId.toString(16)) as string });

    expect(await rig.request('host.mend', { path, what: 'rule' })).toEqual({ outcome: 'replug' });
    expect(await checks('permission')).toMatchObject([{ finding: 'rule-ineffective', result: 'attention' }]);
    await rig.request('demo.replug', { path, boot0: true });
    await rig.device(path, 'ready');
    expect(await checks('permission')).toMatchObject([{ finding: 'opened' }]);
  });

  it('lets a device that opens anyway be used at once', async () => {
    rig = await ServicesRig.open({ platform: 'linux' });
    const path = await rig.plug(DEVICE);
    expect(await rig.request('host.mend', { path, what: 'rule' })).toEqual({ outcome: 'usable' });
  });

  it('waits for a device that was unplugged while the person looked for the password', async () => {
    rig = await ServicesRig.open({ platform: 'linux' });
    const path = await rig.plug(DEVICE, 'no-permission');
    const mending = rig.request('host.mend', { path, what: 'rule' });
    await rig.request('demo.unplug', { path });
    expect(await mending).toEqual({ outcome: 'replug' });
  });

  it.each(['darwin', 'win32'] as const)('is nothing for %s', async (platform) => {
    rig = await ServicesRig.open({ platform });
    const path = await rig.plug(DEVICE, 'no-permission');
    expect(await rig.request('host.mend', { path, what: 'rule' })).toEqual({ outcome: 'unavailable' });
  });

  it('is no driver: of that Linux knows nothing', async () => {
    rig = await ServicesRig.open({ platform: 'linux' });
    const path = await rig.plug(DEVICE, 'no-permission');
    expect(await rig.request('host.mend', { path, what: 'driver' })).toEqual({ outcome: 'unavailable' });
  });

  it('is for a device that is there', async () => {
    rig = await ServicesRig.open({ platform: 'linux' });
    expect(await rejection(rig.request('host.mend', { path: '9-9', what: 'rule' }))).toMatchObject({
      code: 'no-device',
    });
  });
});

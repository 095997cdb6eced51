import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { startChild } from './children.ts';
import { kernelTest } from './rig.ts';

/** Of the user "nobody", on every Linux. */
const ORDINARY_USER = 65_534;
const ANOTHER_USER = 65_533;

const RULE = 'resources/70-stepwise.rules';
const RULES = '/run/udev/rules.d';
/** What logind writes about who sits in front of the machine; udev reads it when it hands out devices. */
const SEATS = '/run/systemd/seats';

/** Other packages (Debian's dfu-util) have rules for the same device. The guest forgets that they were removed. */
function removeOtherRules(): void {
  for (const folder of ['/usr/lib/udev/rules.d', '/etc/udev/rules.d'].filter((path) => existsSync(path))) {
    for (const file of readdirSync(folder).map((name) => join(folder, name))) {
      if (/df11/i.test(readFileSync(file, 'utf8'))) rmSync(file);
    }
  }
}

async function opensAs(user: number, path: string): Promise<string> {
  const child = startChild('open', path, user);
  const said = await child.said;
  await child.end();
  return said;
}

await kernelTest('without a rule an ordinary user may not open the device', async (rig) => {
  const { device } = await rig.plug({ kind: 'stand-in', manners: [] });
  assert.equal(await opensAs(ORDINARY_USER, device.path), 'no-permission');
});

if (process.env['STEPWISE_KERNEL_GUEST'] === '1') {
  await kernelTest('with our rule the user at the machine may open it, and nobody else', async (rig) => {
    mkdirSync(RULES, { recursive: true });
    mkdirSync(SEATS, { recursive: true });
    removeOtherRules();
    copyFileSync(RULE, `${RULES}/70-stepwise.rules`);
    writeFileSync(`${SEATS}/seat0`, `ACTIVE_UID=${ORDINARY_USER}\nACTIVE=1\n`);
    execFileSync('udevadm', ['control', '--reload']);
    try {
      const { device } = await rig.plug({ kind: 'stand-in', manners: [] });
      execFileSync('udevadm', ['settle', '--timeout=20']);
      assert.equal(await opensAs(ORDINARY_USER, device.path), 'open');
      assert.equal(await opensAs(ANOTHER_USER, device.path), 'no-permission');

      const [bus = '', address] = [device.path.split('-')[0], device.address];
      const node = `/dev/bus/usb/${bus.padStart(3, '0')}/${String(address).padStart(3, '0')}`;
      assert.equal(statSync(node).mode & 0o007, 0, 'the world has no rights');
      const properties = execFileSync('udevadm', ['info', '--query=property', `--name=${node}`], {
        encoding: 'utf8',
      });
      assert.match(properties, /^ID_MM_DEVICE_IGNORE=1$/m, 'ModemManager leaves it alone');
    } finally {
      rmSync(RULES, { recursive: true });
      rmSync(SEATS, { recursive: true });
      execFileSync('udevadm', ['control', '--reload']);
    }
  });
}

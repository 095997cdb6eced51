import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FakeComputer } from '../../../../test/rig/fake-computer.ts';
import { BOOTLOADER_IDS } from '../../../devices/bootloader-ids.ts';
import { installedRule, lendCommand, letsIn, ruleCommand, shippedRule, udevCommands } from './udev-rule.ts';

const RESOURCES = new URL('../../../../resources', import.meta.url).pathname;
const SHIPPED = readFileSync(`${RESOURCES}/70-stepwise.rules`, 'utf8');
const ST = { vendorId: 0x0483, productId: 0xdf11 };

it.each(BOOTLOADER_IDS)(
  'the rule that ships lets in at every bootloader there is: $vendorId:$productId',
  (id) => {
    expect(letsIn(SHIPPED, id)).toBe(true);
  },
);

it('each line of it lets in who sits there, and keeps ModemManager away', () => {
  const lines = SHIPPED.split('\n').filter((line) => line.startsWith('ATTR'));
  expect(lines).toHaveLength(BOOTLOADER_IDS.length);
  for (const line of lines) expect(line).toMatch(/TAG\+="uaccess".*ENV\{ID_MM_DEVICE_IGNORE\}="1"/);
});

it.each([
  ['a comment about it', '# ATTR{idVendor}=="0483", ATTR{idProduct}=="df11", TAG+="uaccess"'],
  [
    'one that only keeps ModemManager away',
    'ATTRS{idVendor}=="0483", ATTRS{idProduct}=="df11", ENV{ID_MM_DEVICE_IGNORE}="1"',
  ],
  [
    'one for a group this account may not be in',
    'ATTRS{idVendor}=="0483", ATTRS{idProduct}=="df11", MODE="0660", GROUP="plugdev"',
  ],
])('%s lets nobody in', (_, rule) => {
  expect(letsIn(rule, ST)).toBe(false);
});

it.each(['/etc/udev/rules.d/70-stepwise.rules', '/usr/lib/udev/rules.d/70-acme-pump-updater.rules'])(
  'our rule is found, whatever a package calls it: %s',
  async (file) => {
    expect(await installedRule(new FakeComputer({ files: { [file]: SHIPPED } }).files, ST)).toBe(file);
  },
);

it('the rule of another program is found, as Debian’s dfu-util writes it', async () => {
  const file = '/usr/lib/udev/rules.d/60-dfu-util.rules';
  const rule =
    'ACTION=="add", SUBSYSTEM=="usb", ATTRS{idVendor}=="0483", ATTRS{idProduct}=="df11", TAG+="uaccess"';
  expect(await installedRule(new FakeComputer({ files: { [file]: rule } }).files, ST)).toBe(file);
});

it('a rule that is read too late counts for nothing', async () => {
  const { files } = new FakeComputer({ files: { '/etc/udev/rules.d/99-flipper.rules': SHIPPED } });
  expect(await installedRule(files, ST)).toBeUndefined();
});

it('of files of one name udev reads the first one only', async () => {
  const old = { '/etc/udev/rules.d/70-stepwise.rules': SHIPPED.replaceAll('0483', '0484') };
  const { files } = new FakeComputer({
    files: { ...old, '/usr/lib/udev/rules.d/70-stepwise.rules': SHIPPED },
  });
  expect(await installedRule(files, ST)).toBeUndefined();
});

it('a rule of an older version that does not name the device counts for nothing', async () => {
  const file = '/etc/udev/rules.d/70-stepwise.rules';
  const { files } = new FakeComputer({ files: { [file]: SHIPPED.replaceAll('0483', '0484') } });
  expect(await installedRule(files, ST)).toBeUndefined();
});

it('what ships is read, or is said not to be there', async () => {
  expect(await shippedRule(RESOURCES)).toEqual({ file: `${RESOURCES}/70-stepwise.rules`, text: SHIPPED });
  expect(await shippedRule('/nowhere')).toMatchObject({ text: undefined });
});

it('a command has its path in quotes where it needs them', () => {
  expect(udevCommands('/opt/a b/it’s.rules')[0]).toBe("sudo cp '/opt/a b/it’s.rules' /etc/udev/rules.d/");
  expect(udevCommands("/opt/it's.rules")[0]).toBe("sudo cp '/opt/it'\\''s.rules' /etc/udev/rules.d/");
});

it('the rule is copied where the administrator gets at it, and is in the command itself where he does not', () => {
  const rule = { file: '/opt/stepwise/70-stepwise.rules', text: SHIPPED };
  expect(ruleCommand(rule, { environment: {} })).toBe(
    'sudo cp /opt/stepwise/70-stepwise.rules /etc/udev/rules.d/ && sudo udevadm control --reload && sudo udevadm trigger',
  );
  const packed = { ...rule, file: '/opt/Acme/resources/app.asar/resources/70-stepwise.rules' };
  for (const command of [
    ruleCommand(packed, { environment: {} }),
    ...['FLATPAK_ID', 'SNAP', 'APPIMAGE'].map((name) => ruleCommand(rule, { environment: { [name]: 'x' } })),
  ]) {
    expect(command).not.toContain('/opt/');
    expect(command).toContain(
      `'ATTR{idVendor}=="0483", ATTR{idProduct}=="df11", MODE="0660", TAG+="uaccess", ENV{ID_MM_DEVICE_IGNORE}="1"'`,
    );
    expect(command).toMatch(
      /^printf '%s\\n' .* \| sudo tee \/etc\/udev\/rules\.d\/70-stepwise\.rules && sudo udevadm/,
    );
  }
});

it('one device is lent to one account', () => {
  expect(lendCommand('/dev/bus/usb/001/004')).toBe('sudo chown "$(id -u)" /dev/bus/usb/001/004');
});

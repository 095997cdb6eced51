import { expect, it } from 'vitest';
import { FakeComputer, type FakeComputerOptions } from '../../../test/rig/fake-computer.ts';
import { machineCheck } from './machine.ts';

const DMI = '/sys/class/dmi/id';
const BIOS = 'reg query HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS';
const bios = (maker: string, product: string) =>
  `\r\nHKEY_LOCAL_MACHINE\\HARDWARE\\DESCRIPTION\\System\\BIOS\r\n    SystemManufacturer    REG_SZ    ${maker}\r\n    SystemProductName    REG_SZ    ${product}\r\n`;

it.each<[string, FakeComputerOptions, string, string?]>([
  [
    'a laptop',
    { files: { [`${DMI}/sys_vendor`]: 'LENOVO\n', [`${DMI}/product_name`]: '20XW\n' } },
    'machine-plain',
  ],
  ['VirtualBox', { files: { [`${DMI}/sys_vendor`]: 'innotek GmbH\n' } }, 'machine-virtual', 'VirtualBox'],
  ['QEMU', { files: { [`${DMI}/sys_vendor`]: 'QEMU\n' } }, 'machine-virtual', 'QEMU'],
  [
    'a cloud',
    { files: { [`${DMI}/sys_vendor`]: 'Amazon EC2\n', [`${DMI}/product_name`]: 't3.micro\n' } },
    'machine-virtual',
    'Amazon EC2',
  ],
  [
    'Hyper-V',
    {
      files: {
        [`${DMI}/sys_vendor`]: 'Microsoft Corporation\n',
        [`${DMI}/product_name`]: 'Virtual Machine\n',
      },
    },
    'machine-virtual',
    'Hyper-V',
  ],
  [
    'a Surface, which Microsoft makes as well',
    { files: { [`${DMI}/sys_vendor`]: 'Microsoft Corporation\n', [`${DMI}/product_name`]: 'Surface Pro\n' } },
    'machine-plain',
  ],
  [
    'a hypervisor that hides its name',
    { files: { '/proc/cpuinfo': 'flags\t\t: fpu hypervisor sse\n' } },
    'machine-virtual',
    'hypervisor',
  ],
  ['WSL', { environment: { WSL_DISTRO_NAME: 'Debian' } }, 'machine-virtual', 'WSL'],
  ['Docker', { files: { '/.dockerenv': '' } }, 'machine-container', 'docker'],
  [
    'systemd-nspawn',
    { files: { '/run/systemd/container': 'systemd-nspawn\n' } },
    'machine-container',
    'systemd-nspawn',
  ],
  [
    'Flatpak on a laptop',
    { environment: { container: 'flatpak' }, files: { [`${DMI}/sys_vendor`]: 'LENOVO' } },
    'machine-plain',
  ],
  ['a board without DMI', {}, 'machine-untold'],
  ['a Mac', { platform: 'darwin', programs: { 'sysctl -n kern.hv_vmm_present': '0\n' } }, 'machine-plain'],
  [
    'a virtual Mac',
    { platform: 'darwin', programs: { 'sysctl -n kern.hv_vmm_present': '1\n' } },
    'machine-virtual',
    'hypervisor',
  ],
  ['an old Mac', { platform: 'darwin' }, 'machine-untold'],
  ['a PC', { platform: 'win32', programs: { [BIOS]: bios('Dell Inc.', 'Latitude') } }, 'machine-plain'],
  [
    'a PC in VMware',
    { platform: 'win32', programs: { [BIOS]: bios('VMware, Inc.', 'VMware7,1') } },
    'machine-virtual',
    'VMware',
  ],
  ['another system', { platform: 'freebsd' }, 'machine-untold'],
])('%s', async (_, options, finding, name) => {
  const check = await machineCheck(new FakeComputer(options));
  expect(check.finding).toBe(finding);
  if (name !== undefined) expect(check.facts).toEqual({ name });
});

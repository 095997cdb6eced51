/** Whether this is a real computer: to a virtual machine and to a container a USB device has to be handed over. */
import type { HostCheck } from '../../../shared/host-check.ts';
import { advise, check } from './check.ts';
import { output, type Computer } from './computer.ts';
import { parseRegistry } from './windows/registry.ts';

type Machine =
  { readonly kind: 'plain' | 'untold' } | { readonly kind: 'virtual' | 'container'; readonly name: string };

/** How virtual machines call themselves: by who made their board, or by what it is. */
const MAKERS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/vmware/i, 'VMware'],
  [/virtualbox|innotek/i, 'VirtualBox'],
  [/qemu|kvm|bochs|red hat/i, 'QEMU'],
  [/parallels/i, 'Parallels'],
  [/xen/i, 'Xen'],
  [/microsoft corporation[\s\S]*virtual machine/i, 'Hyper-V'],
  [/google compute/i, 'Google Compute Engine'],
  [/amazon ec2/i, 'Amazon EC2'],
  [/apple virtualization/i, 'Apple Virtualization'],
];

export async function machineCheck(computer: Computer): Promise<HostCheck> {
  const machine = await machineOf(computer);
  switch (machine.kind) {
    case 'plain':
      return check('machine-plain', {});
    case 'untold':
      return check('machine-untold', {});
    case 'virtual':
      return check('machine-virtual', { name: machine.name }, { remedies: advise('hand-over') });
    case 'container':
      return check('machine-container', { name: machine.name }, { remedies: advise('hand-over') });
  }
}

function machineOf(computer: Computer): Promise<Machine> {
  switch (computer.platform) {
    case 'linux':
      return onLinux(computer);
    case 'darwin':
      return onMac(computer);
    case 'win32':
      return onWindows(computer);
    default:
      return Promise.resolve({ kind: 'untold' });
  }
}

async function onLinux({ files, environment }: Computer): Promise<Machine> {
  // What the sandboxes of desktop programs do is no container to hand a device to.
  const container = environment['container'] ?? (await files.read('/run/systemd/container'))?.trim();
  if (container && container !== 'flatpak') return { kind: 'container', name: container };
  if (await files.exists('/.dockerenv')) return { kind: 'container', name: 'docker' };
  if (await files.exists('/run/.containerenv')) return { kind: 'container', name: 'podman' };
  if (environment['WSL_DISTRO_NAME']) return { kind: 'virtual', name: 'WSL' };
  const board = await Promise.all(
    ['sys_vendor', 'product_name'].map((name) => files.read(`/sys/class/dmi/id/${name}`)),
  );
  const told = board.filter((part) => part !== undefined).join(' ');
  const name = makerIn(told);
  if (name !== undefined) return { kind: 'virtual', name };
  if (/^flags\s*:.*\bhypervisor\b/m.test((await files.read('/proc/cpuinfo')) ?? ''))
    return { kind: 'virtual', name: told.trim() || 'hypervisor' };
  return { kind: told === '' ? 'untold' : 'plain' };
}

async function onMac(computer: Computer): Promise<Machine> {
  const told = (await output(computer, 'sysctl', ['-n', 'kern.hv_vmm_present']))?.trim();
  if (told === '1') return { kind: 'virtual', name: 'hypervisor' };
  return { kind: told === '0' ? 'plain' : 'untold' };
}

async function onWindows(computer: Computer): Promise<Machine> {
  const text = await output(computer, 'reg', ['query', 'HKLM\\HARDWARE\\DESCRIPTION\\System\\BIOS']);
  const values = parseRegistry(text ?? '');
  const told = [values.get('systemmanufacturer'), values.get('systemproductname')].filter(Boolean).join(' ');
  const name = makerIn(told);
  if (name !== undefined) return { kind: 'virtual', name };
  return { kind: told === '' ? 'untold' : 'plain' };
}

function makerIn(told: string): string | undefined {
  return MAKERS.find(([pattern]) => pattern.test(told))?.[1];
}

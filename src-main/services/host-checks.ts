/** Whether this computer is in the way: found out by trying, or not said. */
import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device } from '../../shared/device.ts';
import type { HostCheck } from '../../shared/diagnosis.ts';
import { RULE, udevCommands } from '../usb/udev-rule.ts';
import type { Surroundings } from './surroundings.ts';

type Here = Pick<Surroundings, 'bus' | 'platform' | 'stateFolder' | 'resourcesFolder'>;

/** Where udev takes rules from, and what ours is called. */
const RULE_FOLDERS = ['/etc/udev/rules.d', '/run/udev/rules.d', '/usr/lib/udev/rules.d', '/lib/udev/rules.d'];

export async function checkHost(here: Here, devices: readonly Device[]): Promise<readonly HostCheck[]> {
  return [
    await checkUsb(here),
    await checkPermission(here, devices),
    checkDriver(here, devices),
    await checkStateFolder(here),
  ];
}

async function checkUsb({ bus }: Here): Promise<HostCheck> {
  try {
    const attached = await bus.list();
    return { id: 'usb', result: 'ok', detail: `devices on the bus: ${attached.length}` };
  } catch (error) {
    return { id: 'usb', result: 'attention', detail: String(error) };
  }
}

async function checkPermission(
  { platform, resourcesFolder }: Here,
  devices: readonly Device[],
): Promise<HostCheck> {
  const id = 'permission';
  const rule = platform === 'linux' ? `; ${await ruleWords()}` : '';
  const refused = refusedWith(devices, 'no-permission');
  if (refused.length > 0)
    return {
      id,
      result: 'attention',
      detail: `this account may not open ${refused.join(', ')}${rule}`,
      ...(platform === 'linux' && { command: udevCommands(join(resourcesFolder, RULE)).join(' && ') }),
    };
  const opened = openedOf(devices);
  if (opened.length > 0) return { id, result: 'ok', detail: `${opened.join(', ')} could be opened${rule}` };
  return { id, result: 'not-applicable', detail: `there is no device to try it with${rule}` };
}

function checkDriver({ platform }: Here, devices: readonly Device[]): HostCheck {
  const id = 'driver';
  const refused = refusedWith(devices, 'no-driver');
  if (refused.length > 0)
    return {
      id,
      result: 'attention',
      detail: `no driver, or another one, is bound to ${refused.join(', ')}`,
    };
  if (platform !== 'win32')
    return { id, result: 'not-applicable', detail: 'no driver is needed on this system' };
  const opened = openedOf(devices);
  return opened.length > 0
    ? { id, result: 'ok', detail: `${opened.join(', ')} could be opened` }
    : { id, result: 'not-applicable', detail: 'there is no device to try it with' };
}

async function checkStateFolder({ stateFolder }: Here): Promise<HostCheck> {
  const id = 'state-folder';
  const probe = join(stateFolder, `.probe-${process.pid}`);
  try {
    await mkdir(stateFolder, { recursive: true });
    await writeFile(probe, '');
    await rm(probe);
    return { id, result: 'ok', detail: stateFolder };
  } catch (error) {
    return { id, result: 'attention', detail: String(error) };
  }
}

function refusedWith(devices: readonly Device[], code: 'no-permission' | 'no-driver'): string[] {
  return devices.flatMap(({ path, state }) =>
    state.kind === 'unusable' && state.failure.code === code ? [path] : [],
  );
}

/** Devices that told what they are must have been open. */
function openedOf(devices: readonly Device[]): string[] {
  return devices.flatMap(({ path, state }) =>
    state.kind === 'application' || ('identity' in state && state.identity) ? [path] : [],
  );
}

async function ruleWords(): Promise<string> {
  for (const folder of RULE_FOLDERS) {
    const file = join(folder, RULE);
    if (await stat(file).catch(() => undefined)) return `the udev rule is at ${file}`;
  }
  return 'there is no udev rule of Stepwise';
}

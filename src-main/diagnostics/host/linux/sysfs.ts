/** Where a device is plugged in, as sysfs tells it (Documentation/ABI/stable/sysfs-bus-usb, testing/sysfs-bus-usb). */
import type { Files } from '../computer.ts';
import { hubsOf, type Attached } from '../topology.ts';

const DEVICES = '/sys/bus/usb/devices';

export async function topologyOnLinux(files: Files, path: string): Promise<Attached> {
  const hubs = hubsOf(path);
  const told = Number(await attribute(files, path, 'speed'));
  const names = await Promise.all(hubs.map(async (hub) => (await attribute(files, hub, 'product')) ?? hub));
  return { hubs: hubs.length, via: names, ...(told > 0 && { speed: told }) };
}

/** How often the port drew more than it may since the computer was started; undefined where the kernel does not count. */
export async function overCurrents(files: Files, path: string): Promise<number | undefined> {
  const [bus = '', ports = ''] = path.split('-');
  const chain = ports.split('.');
  const port = chain.pop() ?? '';
  // A port of the root hub is a part of `1-0:1.0`, one of the hub at 1-2 a part of `1-2:1.0`.
  const hub = chain.length === 0 ? `${bus}-0` : `${bus}-${chain.join('.')}`;
  const name = chain.length === 0 ? `usb${bus}-port${port}` : `${hub}-port${port}`;
  const text = await files.read(`${DEVICES}/${hub}:1.0/${name}/over_current_count`);
  const count = text === undefined ? NaN : Number(text.trim());
  return Number.isInteger(count) ? count : undefined;
}

async function attribute(files: Files, device: string, name: string): Promise<string | undefined> {
  const text = (await files.read(`${DEVICES}/${device}/${name}`))?.trim();
  return text === '' ? undefined : text;
}

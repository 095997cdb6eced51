/** What lies on the demo's desk: what is plugged in, and what was and can be again. */
import type { Device } from '../../shared/device.ts';

export interface Seat {
  readonly path: string;
  readonly title: string;
  readonly plugged: boolean;
}

/** @param used port path → title of what was plugged in from the desk; by the order of ports */
export function seats(devices: readonly Device[], used: ReadonlyMap<string, string>): readonly Seat[] {
  const present = devices.map(({ path, title }): Seat => ({ path, title, plugged: true }));
  const away = [...used]
    .filter(([path]) => !devices.some((device) => device.path === path))
    .map(([path, title]): Seat => ({ path, title, plugged: false }));
  return [...present, ...away].sort((a, b) => a.path.localeCompare(b.path, 'en', { numeric: true }));
}

import type { Device } from '../../../shared/device.ts';
import type { OptionBytes } from '../../../shared/diagnosis.ts';
import type { Sections } from '../../diagnostics/bundle/report.ts';
import { findingsOf } from '../../diagnostics/device/findings.ts';

/** @param optionBytes as far as somebody has read them, by port */
export function findingsIn(
  devices: readonly Device[],
  optionBytes: ReadonlyMap<string, readonly OptionBytes[]> = new Map(),
): NonNullable<Sections['findings']> {
  return devices.flatMap(({ path, state }) => {
    const identity = 'identity' in state ? state.identity : undefined;
    return identity
      ? [{ path, findings: [...findingsOf(identity, { optionBytes: optionBytes.get(path) })] }]
      : [];
  });
}

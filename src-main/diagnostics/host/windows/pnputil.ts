/**
 * What `pnputil` tells of devices. It speaks the language of the system and keeps no order, so nothing here goes by names of
 * fields: an instance ID, a problem and the file of a driver are known by their form, which is the same everywhere.
 */

/** Needs no rights. Windows 10, version 1903, and newer. */
export const CONNECTED = ['/enum-devices', '/connected'] as const;

export interface PnpDevice {
  /** `USB\VID_0483&PID_DF11\357636743433`. */
  readonly instanceId: string;
  /** `CM_PROB_…`, where there is one. */
  readonly problem: number | undefined;
  /** `oem12.inf`, `winusb.inf`. */
  readonly inf: string | undefined;
}

/** Devices on USB, in the order in which they are told. */
export function parsePnputil(text: string): readonly PnpDevice[] {
  return blocks(text).flatMap((values) => {
    const instanceId = values.find((value) => /^USB\\[^\s\\]+\\\S+$/i.test(value));
    if (instanceId === undefined) return [];
    const problem = values.map((value) => PROBLEM.exec(value)?.[1]).find((code) => code !== undefined);
    return [
      {
        instanceId,
        problem: problem === undefined ? undefined : Number(problem),
        inf: values.find((value) => /^[\w.-]+\.inf$/i.test(value))?.toLowerCase(),
      },
    ];
  });
}

/** `28 (0x1C) [CM_PROB_FAILED_INSTALL]`; older ones leave the brackets out. */
const PROBLEM = /^(\d{1,3}) \(0x[0-9A-F]+\)/i;

/** A device is a run of lines without an empty one; what stands behind the first colon is a value. */
function blocks(text: string): readonly (readonly string[])[] {
  return text
    .split(/\r?\n\s*\r?\n/)
    .map((block) => block.split(/\r?\n/).map((line) => line.replace(/^[^:：]*[:：]/, '').trim()));
}

/** @returns whether it is this device or an interface of it */
export function hasIds({ instanceId }: PnpDevice, vendor: string, product: string): boolean {
  return instanceId.toUpperCase().startsWith(`USB\\VID_${vendor}&PID_${product}`);
}

/** What Windows could not even ask for its descriptors (USB\VID_0000&PID_0002 and its like). */
export function isUnrecognised({ instanceId }: PnpDevice): boolean {
  return /^USB\\VID_0000&PID_000\d\\/i.test(instanceId);
}

/**
 * The silicon stepping: which revision of its mask a chip was made from. The chip knows it as REV_ID, the upper half of
 * DBGMCU_IDCODE; the device identifier is in the lower twelve bits. Reading that register through a loader is refused
 * or harmful, but the loaders of H74x and H75x print it as their USB serial number where other families print
 * something made of the unique ID. So every H743 of one stepping has the same serial number, and it tells the stepping.
 * Sources: ST community threads with serial numbers of revisions V and Y; OpenOCD for the codes.
 */
import { familyById } from './families.ts';

export interface Stepping {
  /** DBGMCU_IDCODE as a whole: 0x20036450. */
  readonly idcode: number;
  readonly deviceId: number;
  /** REV_ID: 0x2003. */
  readonly revision: number;
  /** As marked on the package: `V`. */
  readonly letter: string;
}

const H74X = 0x450;
const DEVICE_ID_MASK = 0xfff;
/** IDCODE in eight digits, then four of another register that has read zero so far. */
const IDCODE_SERIAL = /^([0-9a-f]{4}6450)[0-9a-f]{4}$/i;

/**
 * Only for a device known to be the ROM of an H74x or H75x: an application's serial number may look alike.
 * `200364500000` is revision V. Undefined for anything that is no such serial number or names no known revision.
 */
export function parseIdcodeSerial(serial: string): Stepping | undefined {
  const digits = IDCODE_SERIAL.exec(serial)?.[1];
  if (digits === undefined) return undefined;
  const idcode = Number.parseInt(digits, 16);
  const revision = idcode >>> 16;
  const letter = steppingName(H74X, revision);
  return letter === undefined ? undefined : { idcode, deviceId: idcode & DEVICE_ID_MASK, revision, letter };
}

/** Letter of a stepping, `V`; on some families a number. @param revision REV_ID, upper half of DBGMCU_IDCODE */
export function steppingName(deviceId: number, revision: number): string | undefined {
  return familyById(deviceId)?.steppings[revision];
}

/**
 * Every STM32 family whose ROM loader speaks USB DFU. What ST publishes and what the field found out is in the tables
 * of `families/`, each with its sources; chips absent here have no USB in their loader.
 */
import type { Family } from './family.ts';
import { C0_G0_G4 } from './families/c0-g0-g4.ts';
import { F0_F1_F3 } from './families/f0-f1-f3.ts';
import { F2_F4 } from './families/f2-f4.ts';
import { F7 } from './families/f7.ts';
import { H5_C5 } from './families/h5-c5.ts';
import { H7 } from './families/h7.ts';
import { L0_L1 } from './families/l0-l1.ts';
import { L4_L5 } from './families/l4-l5.ts';
import { U0_U3_U5 } from './families/u0-u3-u5.ts';
import { WB_WBA } from './families/wb-wba.ts';

export const FAMILIES: readonly Family[] = [
  ...F0_F1_F3,
  ...F2_F4,
  ...F7,
  ...C0_G0_G4,
  ...H5_C5,
  ...H7,
  ...L0_L1,
  ...L4_L5,
  ...U0_U3_U5,
  ...WB_WBA,
];

const byId = new Map(FAMILIES.map((family) => [family.deviceId, family]));

/** @param deviceId DBGMCU device identifier, 12 bits */
export function familyById(deviceId: number): Family | undefined {
  return byId.get(deviceId);
}

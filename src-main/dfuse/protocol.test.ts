import { describe, expect, it } from 'vitest';
import { DfuState, DfuStatus, stateName, statusName } from './protocol.ts';

describe('for people', () => {
  it.each([
    [DfuState.appIdle, 'appIDLE'],
    [DfuState.dfuIdle, 'dfuIDLE'],
    [DfuState.dnBusy, 'dfuDNBUSY'],
    [DfuState.manifestWaitReset, 'dfuMANIFEST-WAIT-RESET'],
    [DfuState.error, 'dfuERROR'],
    [0x0f, 'state 15'],
  ])('state %i is called %s', (state, name) => {
    expect(stateName(state)).toBe(name);
  });

  it('every state of the standard has a name', () => {
    for (const state of Object.values(DfuState)) expect(stateName(state)).toMatch(/^(app|dfu)[A-Z]/);
  });

  it.each([
    [DfuStatus.ok, 'ok'],
    [DfuStatus.errVendor, 'errVendor'],
    [0x2a, 'status 42'],
  ])('status %i is called %s', (status, name) => {
    expect(statusName(status)).toBe(name);
  });
});

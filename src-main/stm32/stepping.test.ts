import { describe, expect, it } from 'vitest';
import { parseIdcodeSerial, steppingName } from './stepping.ts';

describe('serial number of the H74x ROM', () => {
  it.each([
    ['200364500000', 0x2003_6450, 0x2003, 'V'],
    ['100364500000', 0x1003_6450, 0x1003, 'Y'],
    ['200164500000', 0x2001_6450, 0x2001, 'X'],
    ['100164500000', 0x1001_6450, 0x1001, 'Z'],
    ['100064500000', 0x1000_6450, 0x1000, 'A'],
  ])('%s is revision %4$s', (serial, idcode, revision, letter) => {
    expect(parseIdcodeSerial(serial)).toEqual({ idcode, deviceId: 0x450, revision, letter });
  });

  it.each([
    ['200000500000', 'the one counter-example known, a WeAct H750'],
    ['200464500000', 'a revision nobody knows'],
    ['376E356F3339', 'made of a unique ID'],
    ['FFFFFFFEFFFF', 'blank'],
    ['STM32FxSTM32', 'constant'],
    ['20036450', 'too short'],
    ['2003645000001', 'too long'],
    ['', 'none'],
  ])('%s tells no stepping: %s', (serial) => {
    expect(parseIdcodeSerial(serial)).toBeUndefined();
  });
});

describe('names of steppings', () => {
  it.each([
    [0x450, 0x2003, 'V'],
    [0x480, 0x1007, 'X'],
    [0x411, 0x201f, '2/3'],
    [0x415, 0x1007, '4'],
    [0x482, 0x3007, 'U'],
    [0x495, 0x2001, '2.1'],
  ])('of %i, %i is %s', (deviceId, revision, letter) => {
    expect(steppingName(deviceId, revision)).toBe(letter);
  });

  it('are absent for unknown chips and unknown revisions', () => {
    expect(steppingName(0x450, 0x3000)).toBeUndefined();
    expect(steppingName(0x123, 0x1000)).toBeUndefined();
  });
});

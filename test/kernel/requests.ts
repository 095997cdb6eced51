import type { ControlSetup } from '../../src-main/usb/port.ts';

/** Class requests as the tests send them (DFU 1.1 §3). */
const IN = 0xa1;
const OUT = 0x21;

export const GET_STATUS: ControlSetup = { requestType: IN, request: 3, value: 0, index: 0 };
export const CLEAR_STATUS: ControlSetup = { requestType: OUT, request: 4, value: 0, index: 0 };
export const ABORT: ControlSetup = { requestType: OUT, request: 6, value: 0, index: 0 };
export const dnload = (block: number): ControlSetup => ({
  requestType: OUT,
  request: 1,
  value: block,
  index: 0,
});
export const upload = (block: number): ControlSetup => ({
  requestType: IN,
  request: 2,
  value: block,
  index: 0,
});

export const STATUS_LENGTH = 6;
/** Milliseconds, for what is to be answered. */
export const ENOUGH = 5_000;

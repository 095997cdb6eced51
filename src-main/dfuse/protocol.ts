/**
 * The words of the protocol: DFU 1.1 with ST's DfuSe extensions (AN3156, UM0391). Numbers only, no behaviour.
 */

/** bRequest of the DFU class (DFU 1.1 §3). */
export const DfuRequest = {
  detach: 0,
  dnload: 1,
  upload: 2,
  getStatus: 3,
  clrStatus: 4,
  getState: 5,
  abort: 6,
} as const;

/** bmRequestType: class request to an interface. */
export const REQUEST_OUT = 0x21;
export const REQUEST_IN = 0xa1;

/** bState (DFU 1.1 §6.1.2). */
export const DfuState = {
  appIdle: 0,
  appDetach: 1,
  dfuIdle: 2,
  dnloadSync: 3,
  dnBusy: 4,
  dnloadIdle: 5,
  manifestSync: 6,
  manifest: 7,
  manifestWaitReset: 8,
  uploadIdle: 9,
  error: 10,
} as const;

/** bStatus (DFU 1.1 §6.1.2); what ST's ROM means by it is in AN3156 §4. */
export const DfuStatus = {
  ok: 0x00,
  /** ST: address not allowed. */
  errTarget: 0x01,
  errFile: 0x02,
  errWrite: 0x03,
  errErase: 0x04,
  errCheckErased: 0x05,
  errProg: 0x06,
  errVerify: 0x07,
  errAddress: 0x08,
  errNotDone: 0x09,
  /** ST: on first contact of F3 and F4, and harmless there. */
  errFirmware: 0x0a,
  /** ST: read protection is active. */
  errVendor: 0x0b,
  errUsbReset: 0x0c,
  errPowerOnReset: 0x0d,
  errUnknown: 0x0e,
  errStalledPacket: 0x0f,
} as const;

/** First byte of a DNLOAD with wValue 0 (AN3156 §5). */
export const DfuSeCommand = {
  getCommands: 0x00,
  setAddressPointer: 0x21,
  erase: 0x41,
  readUnprotect: 0x92,
} as const;

/** wValue of the first data block; 0 carries commands, 1 is reserved (AN3156 §4). */
export const FIRST_DATA_BLOCK = 2;

/** bcdDFUVersion of DfuSe. ST's own host accepts [0x011A, 0x0120). */
export const DFUSE_VERSION = 0x011a;

/** DFU functional descriptor, bmAttributes (DFU 1.1 §4.1.3). */
export const DfuAttribute = {
  canDnload: 0x01,
  canUpload: 0x02,
  manifestationTolerant: 0x04,
  willDetach: 0x08,
} as const;

export function stateName(state: number): string {
  const names: Record<number, string> = {
    0: 'appIDLE',
    1: 'appDETACH',
    2: 'dfuIDLE',
    3: 'dfuDNLOAD-SYNC',
    4: 'dfuDNBUSY',
    5: 'dfuDNLOAD-IDLE',
    6: 'dfuMANIFEST-SYNC',
    7: 'dfuMANIFEST',
    8: 'dfuMANIFEST-WAIT-RESET',
    9: 'dfuUPLOAD-IDLE',
    10: 'dfuERROR',
  };
  return names[state] ?? `state ${state}`;
}

export function statusName(status: number): string {
  const entry = Object.entries(DfuStatus).find(([, code]) => code === status);
  return entry?.[0] ?? `status ${status}`;
}

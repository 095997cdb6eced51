/** Names of DFU states and statuses by their numbers (DFU 1.1 §6.1.2), as an engineer looks them up. */

const STATES =
  'appIDLE appDETACH dfuIDLE dfuDNLOAD-SYNC dfuDNBUSY dfuDNLOAD-IDLE dfuMANIFEST-SYNC dfuMANIFEST dfuMANIFEST-WAIT-RESET dfuUPLOAD-IDLE dfuERROR'.split(
    ' ',
  );
const STATUSES =
  'OK errTARGET errFILE errWRITE errERASE errCHECK_ERASED errPROG errVERIFY errADDRESS errNOTDONE errFIRMWARE errVENDOR errUSBR errPOR errUNKNOWN errSTALLEDPKT'.split(
    ' ',
  );

/** `dfuDNBUSY`; the number where it has no name. */
export function stateName(state: number): string {
  return STATES[state] ?? `bState ${state}`;
}

/** `errVENDOR`; the number where it has no name. */
export function statusName(status: number): string {
  return STATUSES[status] ?? `bStatus ${status}`;
}

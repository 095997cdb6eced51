import type { ControlSetup } from '../port.ts';
import { viewOf } from './packet.ts';

/** A setup packet as it is on the wire (USB 2.0 §9.3): little-endian on every machine. */
export const SETUP_LENGTH = 8;

/** @param bytes SETUP_LENGTH of them. `length` is wLength. */
export function setupIn(bytes: Uint8Array): { readonly setup: ControlSetup; readonly length: number } {
  const view = viewOf(bytes);
  return {
    setup: {
      requestType: view.getUint8(0),
      request: view.getUint8(1),
      value: view.getUint16(2, true),
      index: view.getUint16(4, true),
    },
    length: view.getUint16(6, true),
  };
}

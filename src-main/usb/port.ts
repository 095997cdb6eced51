/**
 * The one port to USB. libusb, the recorder, the replay and the virtual bootloaders implement it; whatever is above
 * cannot tell them apart. It knows control transfers only: a DFU device has no other endpoint (DFU 1.1 §4).
 */

/** Everything that can go wrong on the bus. Closed: an adapter maps whatever its library says to one of these. */
export type UsbFailureKind =
  /** The device refused the request (STALL on endpoint 0). */
  | 'stall'
  /** No answer before the deadline; the transfer was cancelled and the device may be used again. */
  | 'timeout'
  /** The device left the bus. */
  | 'gone'
  /** The system gives the device to no driver or to another one (Windows). */
  | 'no-driver'
  /** The system does not let this account open the device. */
  | 'no-permission'
  /** Another program holds the interface. */
  | 'busy'
  /** Anything else: a damaged packet, a host controller in trouble. */
  | 'io';

export class UsbError extends Error {
  override readonly name = 'UsbError';
  readonly kind: UsbFailureKind;
  /** What was being done, for logs: `control in 0xA1 0x03 value 0 index 0`. */
  readonly operation: string;

  constructor(kind: UsbFailureKind, operation: string, cause?: unknown) {
    super(`USB ${kind}: ${operation}`, { cause });
    this.kind = kind;
    this.operation = operation;
  }
}

/** The eight bytes of a setup packet without its length (USB 2.0 §9.3). */
export interface ControlSetup {
  /** bmRequestType: direction, type, recipient. Bit 7 is set for device to host. */
  readonly requestType: number;
  readonly request: number;
  readonly value: number;
  readonly index: number;
}

/** Bit 7 of bmRequestType: the data stage goes to the host. */
export const DEVICE_TO_HOST = 0x80;

/** `control in 0xA1 0x03 value 0 index 0`, as operations are named in {@link UsbError} and in logs. */
export function describeSetup({ requestType, request, value, index }: ControlSetup): string {
  const direction = requestType & DEVICE_TO_HOST ? 'in' : 'out';
  return `control ${direction} ${byte(requestType)} ${byte(request)} value ${value} index ${index}`;
}

function byte(value: number): string {
  return `0x${value.toString(16).toUpperCase().padStart(2, '0')}`;
}

/** What the device descriptor says (USB 2.0 §9.6.1), known without opening the device. */
export interface UsbIdentity {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice; on ST's ROM the version of its DFU protocol (AN3156). */
  readonly deviceVersion: number;
  /** bcdUSB. */
  readonly usbVersion: number;
  /** String descriptor indexes; 0 means the device has none. */
  readonly manufacturerIndex: number;
  readonly productIndex: number;
  readonly serialIndex: number;
}

/**
 * One device while it stays attached. Attaching it anew makes another object, even at the same place.
 * All methods reject with {@link UsbError} and nothing else. Only one transfer may be under way at a time.
 */
export interface UsbDevice {
  /** Where it is plugged in: bus and chain of hub ports, `1-2.4`. Stays the same over a re-enumeration. */
  readonly path: string;
  /** The address the host gave it; changes with every enumeration. */
  readonly address: number;
  readonly identity: UsbIdentity;

  open(): Promise<void>;
  /** Never rejects for a device that is gone; waits for a transfer that is still under way. */
  close(): Promise<void>;
  /** Claims the interface, detaching a kernel driver where the system has one on it. */
  claim(interfaceNumber: number): Promise<void>;
  selectAlternate(interfaceNumber: number, alternate: number): Promise<void>;
  /**
   * Reads at most `length` bytes; a shorter answer is no error.
   * @param deadline milliseconds for this transfer; kept by the adapter whatever its library does
   * @param signal ends the transfer as if its deadline had come
   */
  controlIn(setup: ControlSetup, length: number, deadline: number, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * Sends all of `data`.
   * @param deadline milliseconds
   * @param signal ends the transfer as if its deadline had come
   */
  controlOut(setup: ControlSetup, data: Uint8Array, deadline: number, signal?: AbortSignal): Promise<void>;
  /** Bus reset. The device keeps its place but may enumerate again as another object. */
  reset(): Promise<void>;
}

export type UsbEvent =
  | { readonly type: 'attached'; readonly device: UsbDevice }
  | { readonly type: 'detached'; readonly device: UsbDevice };

export interface UsbBus {
  /** All devices attached now. The same attachment is the same object in every answer. */
  list(): Promise<readonly UsbDevice[]>;
  /** Calls back at each attach and detach until the returned function is called. */
  subscribe(listener: (event: UsbEvent) => void): () => void;
  /** Ends hotplug, closes every device that is still open. */
  close(): Promise<void>;
}

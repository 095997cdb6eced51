import { UsbError, describeSetup } from '../port.ts';
import type { ControlSetup } from '../port.ts';
import { CANCEL_GRACE_MS, NeverEndedError } from './deadline.ts';
import { toUsbError } from './failure-kinds.ts';
import type { NativeDevice, NativeTransfer, NativeUsb } from './native.ts';

/**
 * Control transfers whose deadline is kept here. The library's own does not work on Linux: its event thread looks at the
 * clock once a minute, so a transfer with a time-out of half a second ends after sixty, or "succeeds" after its time.
 * So each transfer is submitted without one and cancelled by a timer of ours. Nothing else happens to the device before
 * the library has handed the transfer back, cancelled or not: closing a device with a transfer under way is an error.
 * On Linux cancelling itself waits, thread and all, until the host controller has given the transfer back; a real one
 * does so within a millisecond or two, but a device served over USB/IP must not be served by the same thread.
 */

const SETUP_LENGTH = 8;

interface Ended {
  readonly buffer: Buffer;
  readonly actualLength: number;
}

/**
 * Reads up to `length` bytes.
 * @param deadline milliseconds
 * @throws {UsbError}; {@link NeverEndedError} when the transfer does not even end after it was cancelled
 */
export async function controlIn(
  usb: NativeUsb,
  device: NativeDevice,
  setup: ControlSetup,
  length: number,
  deadline: number,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const operation = describeSetup(setup);
  const packet = setupPacket(setup, length);
  const { buffer, actualLength } = await transfer(usb, device, packet, operation, deadline, signal);
  return new Uint8Array(buffer.buffer, buffer.byteOffset + SETUP_LENGTH, actualLength);
}

/**
 * Sends all of `data`.
 * @param deadline milliseconds
 * @throws {UsbError}; {@link NeverEndedError} when the transfer does not even end after it was cancelled
 */
export async function controlOut(
  usb: NativeUsb,
  device: NativeDevice,
  setup: ControlSetup,
  data: Uint8Array,
  deadline: number,
  signal?: AbortSignal,
): Promise<void> {
  const operation = describeSetup(setup);
  const packet = setupPacket(setup, data.length);
  packet.set(data, SETUP_LENGTH);
  const { actualLength } = await transfer(usb, device, packet, operation, deadline, signal);
  if (actualLength < data.length) {
    throw new UsbError('io', operation, new Error(`only ${actualLength} of ${data.length} bytes were sent`));
  }
}

/** The setup packet (USB 2.0 §9.3) with room for the data stage behind it, as libusb wants it. */
function setupPacket(setup: ControlSetup, length: number): Buffer {
  const packet = Buffer.alloc(SETUP_LENGTH + length);
  packet.writeUInt8(setup.requestType, 0);
  packet.writeUInt8(setup.request, 1);
  packet.writeUInt16LE(setup.value, 2);
  packet.writeUInt16LE(setup.index, 4);
  packet.writeUInt16LE(length, 6);
  return packet;
}

function transfer(
  usb: NativeUsb,
  device: NativeDevice,
  packet: Buffer,
  operation: string,
  deadline: number,
  signal?: AbortSignal,
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    let native: NativeTransfer | undefined;
    let timer = setTimeout(giveUp, signal?.aborted ? 0 : deadline);
    signal?.addEventListener('abort', giveUp, { once: true });

    function giveUp(): void {
      stopWaiting();
      timer = setTimeout(() => {
        reject(new NeverEndedError(operation));
      }, CANCEL_GRACE_MS);
      try {
        native?.cancel();
      } catch {
        // A device that has just left cannot be told to cancel; the transfer ends by itself then.
      }
    }

    function stopWaiting(): void {
      clearTimeout(timer);
      signal?.removeEventListener('abort', giveUp);
    }

    function end(): void {
      stopWaiting();
      // The library frees the callback with the transfer: if the callback kept the transfer, neither would ever be freed.
      native = undefined;
    }

    try {
      native = usb.controlTransfer(device, (error, buffer, actualLength) => {
        end();
        // An answer that overtook the cancellation is an answer.
        if (error) reject(toUsbError(error, operation));
        else resolve({ buffer, actualLength });
      });
      native.submit(packet);
    } catch (error) {
      end();
      reject(toUsbError(error, operation));
    }
  });
}

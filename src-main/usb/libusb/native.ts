import { UsbError } from '../port.ts';

/**
 * The part of the npm package `usb` (2.x, libusb) that Stepwise stands on, as interfaces, so that the adapter can be
 * tested without a bus.
 */

export type TransferCallback = (error: Error | undefined, buffer: Buffer, actualLength: number) => void;
export type NativeCallback = (error?: Error) => void;

export interface NativeTransfer {
  submit(buffer: Buffer): unknown;
  cancel(): boolean;
}

export interface NativeDevice {
  readonly busNumber: number;
  readonly deviceAddress: number;
  /** Absent for a root hub. */
  readonly portNumbers?: readonly number[];
  readonly deviceDescriptor: {
    readonly idVendor: number;
    readonly idProduct: number;
    readonly bcdDevice: number;
    readonly bcdUSB: number;
    readonly iManufacturer: number;
    readonly iProduct: number;
    readonly iSerialNumber: number;
  };
  /** @param defaultConfig false: do not wrap the interfaces, they are claimed by number below */
  open(defaultConfig: boolean): void;
  close(): void;
  setAutoDetachKernelDriver(enable: boolean): void;
  reset(callback: NativeCallback): void;
  // The package's `Interface` objects take a position in the descriptor for an interface number; these take the number.
  __claimInterface(interfaceNumber: number): void;
  __releaseInterface(interfaceNumber: number, callback: NativeCallback): void;
  __setInterface(interfaceNumber: number, alternate: number, callback: NativeCallback): void;
}

export interface NativeUsb {
  getDeviceList(): readonly NativeDevice[];
  /** Calls back at each attach and detach the library notices until the returned function is called. */
  watch(listener: () => void): () => void;
  /** A transfer on endpoint 0 without a time-out of the library's own. */
  controlTransfer(device: NativeDevice, callback: TransferCallback): NativeTransfer;
}

/**
 * Loads the package and starts libusb; the library itself is only loaded here.
 * @throws {UsbError} `io` when there is no binary for this system or libusb does not start
 */
export async function loadNativeUsb(): Promise<NativeUsb> {
  const { usb } = await import('usb').catch((error: unknown) => {
    throw new UsbError('io', 'load libusb', error);
  });
  if (usb.INIT_ERROR !== 0) {
    throw new UsbError('io', 'start libusb', new Error(`libusb_init returned ${usb.INIT_ERROR}`));
  }
  return {
    getDeviceList: () => usb.getDeviceList(),

    watch(listener) {
      // Without events of the system's own the package would poll as well, with a timer that keeps the process alive.
      if (!usb._supportedHotplugEvents()) return () => undefined;
      usb.on('attach', listener);
      usb.on('detach', listener);
      usb.unrefHotplugEvents();
      return () => {
        usb.off('attach', listener);
        usb.off('detach', listener);
      };
    },

    controlTransfer: (device, callback) =>
      new usb.Transfer(asDevice(device), 0, usb.LIBUSB_TRANSFER_TYPE_CONTROL, 0, callback),
  };

  function asDevice(device: NativeDevice) {
    if (device instanceof usb.Device) return device;
    throw new TypeError('not a device of this library');
  }
}

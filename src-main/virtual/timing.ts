/**
 * How long things take, as data, so that a virtual device may serve as a stopwatch for the engine. Each figure was fixed
 * from a published measurement before anything was compared with it; where nobody has published one, the line says so
 * and what was assumed. Times in milliseconds.
 */

/** A control transfer takes `perTransfer`, and `perPacket` for every 64 bytes of its data stage. */
export interface UsbTiming {
  readonly perTransfer: number;
  readonly perPacket: number;
}

/** bwPollTimeout the loader reports when it starts an operation. Not how long that takes. */
export interface PollTimes {
  readonly setAddress: number;
  readonly erase: number;
  readonly massErase: number;
  readonly write: number;
  readonly readUnprotect: number;
}

export interface LoaderTiming {
  readonly usb: UsbTiming;
  /** Time the loader takes for an UPLOAD besides the wire. */
  readonly perUpload: number;
  /** By sector size in bytes. */
  readonly erase: Readonly<Record<number, number>>;
  readonly massErase: number;
  readonly programPerKilobyte: number;
  /** Erasing and programming the option bytes. */
  readonly optionBytes: number;
  readonly poll: PollTimes;
}

const KB = 1024;

/**
 * Full speed, 12 Mbit/s. fwupd on an F7: 2048-byte UPLOADs every 3 ms; H563: 88 KB in 0.185 s by 1024, which is 2.1 ms
 * each. Both are 1 ms for the transfer and 1/16 ms for the packet (fwupd#2057; listing of an H563).
 */
const FULL_SPEED: UsbTiming = { perTransfer: 1, perPacket: 0.0625 };

/** ROMs that report one time for everything: 100 ms, for a data block 104 ms (log of gd32-dfu-utils#3). */
const HUNDRED: PollTimes = { setAddress: 100, erase: 100, massErase: 100, write: 104, readUnprotect: 100 };

/** No published figure for this family: poll times of nought, so that only the operation's own time counts. */
const POLL_AT_WILL: PollTimes = { setAddress: 0, erase: 0, massErase: 0, write: 0, readUnprotect: 0 };

/**
 * F2 and F4. Erase 16 K and 64 K: typical of the data sheets at x32 (field notes §4.2). 128 K: 23.5 s for the whole of
 * a 2 MB part less the smaller sectors, over 14 (EdgeTX Buddy PR #88). Write: 65 KiB/s on the same board is 30.8 ms
 * for 2048 bytes, of which 4.1 ms is the wire of DNLOAD and last GETSTATUS. Mass erase 32 s: openocd, dfu-util's quirk.
 * Poll times: "way too long" (same PR), and dfu-util's 155–178 ms a block there need about the clone's 100 and 104 ms.
 */
export const F4_TIMING: LoaderTiming = {
  usb: FULL_SPEED,
  perUpload: 0,
  erase: { [16 * KB]: 250, [64 * KB]: 550, [128 * KB]: 1450 },
  massErase: 32_000,
  programPerKilobyte: 13.4,
  optionBytes: 50, // assumed
  poll: HUNDRED,
};

/**
 * F7. 128 K: 2.2 s inside a GETSTATUS (fwupd#1944); other sizes in proportion, assumed. Write: 1832 bytes in 12 ms
 * (log there). Mass erase: fwupd allows 35 s.
 */
export const F7_TIMING: LoaderTiming = {
  usb: FULL_SPEED,
  perUpload: 0,
  erase: { [16 * KB]: 275, [32 * KB]: 550, [64 * KB]: 1100, [128 * KB]: 2200, [256 * KB]: 4400 },
  massErase: 35_000,
  programPerKilobyte: 6.7,
  optionBytes: 50, // assumed
  poll: { ...HUNDRED, setAddress: 0, write: 5 }, // that log: 5 ms for a block
};

/**
 * H742 to H757. 128 K: GETSTATUS answers after 0.9 to 1.1 s (USB log in Betaflight 8ac29e0). UPLOAD: 1 KiB each 4–5 ms
 * (CubeProgrammer log), of which 2 ms is the wire. Poll times: 1000 ms for an erase (dfu-util ticket 88), 45 s for a
 * mass erase (Betaflight PR #5339). Write: no published figure; 100 µs for a flash word of 32 bytes assumed.
 */
export const H7_TIMING: LoaderTiming = {
  usb: FULL_SPEED,
  perUpload: 2.5,
  erase: { [128 * KB]: 1000 },
  massErase: 16_000,
  programPerKilobyte: 3.2,
  optionBytes: 50, // assumed
  poll: { setAddress: 0, erase: 1000, massErase: 45_000, write: 0, readUnprotect: 1000 },
};

/**
 * L4, also L4R/L4S. Page 25 ms at most (openocd stm32l4x.c), 22 ms typical assumed. Write: 90 µs for 8 bytes assumed.
 * Poll times: 10 ms for an erase, too short: ST's own tool makes 40 of it (DFUHREAD.CPP), dfu-util tries again up to
 * three times. For a block dfu-util has no second try and works, so that time must be long enough: 25 ms assumed.
 */
export const L4_TIMING: LoaderTiming = {
  usb: FULL_SPEED,
  perUpload: 0,
  erase: { [2 * KB]: 22, [4 * KB]: 22, [8 * KB]: 22 },
  massErase: 25,
  programPerKilobyte: 11.5,
  optionBytes: 50, // assumed
  poll: { ...POLL_AT_WILL, erase: 10, massErase: 10, write: 25, readUnprotect: 10 },
};

/**
 * L0. 3.2 ms to erase 128 bytes, and the same to program 64: data sheet, from memory. Poll times: 10 ms for an erase
 * (ST's own tool); for a block long enough, as on L4: 110 ms assumed.
 */
export const L0_TIMING: LoaderTiming = {
  usb: FULL_SPEED,
  perUpload: 0,
  erase: { 128: 3.2 },
  massErase: 4800,
  programPerKilobyte: 51,
  optionBytes: 50, // assumed
  poll: { ...POLL_AT_WILL, erase: 10, massErase: 10, write: 110, readUnprotect: 10 },
};

/**
 * G0, G4, WB, C0: 2 K or 4 K pages, 22 ms assumed (the same flash as L4, and F072's pages take 20–40 ms). Write as L4.
 */
export const G_TIMING: LoaderTiming = { ...L4_TIMING, poll: POLL_AT_WILL };

/**
 * H5, U5, C5: 8 K sectors. An H563 wrote 32 KB/s: 31 ms for 1024 bytes, of which 3 ms is the wire (listing). Erase: no
 * published figure, 2 ms a sector assumed; mass erase in proportion.
 */
export const U5_TIMING: LoaderTiming = {
  usb: FULL_SPEED,
  perUpload: 0,
  erase: { [8 * KB]: 2 },
  massErase: 512,
  programPerKilobyte: 28,
  optionBytes: 50, // assumed
  poll: POLL_AT_WILL,
};

/** GD32VF103. Poll times from its log; the operations' own times are not published: 20 ms a page, F4's rate assumed. */
export const GD32_TIMING: LoaderTiming = { ...F4_TIMING, erase: { [KB]: 20 }, massErase: 100 };

const PACKET = 64;

/** Time on the wire for a control transfer with `bytes` in its data stage. */
export function wireTime(usb: UsbTiming, bytes: number): number {
  return usb.perTransfer + Math.ceil(bytes / PACKET) * usb.perPacket;
}

/**
 * What the host's side takes, measured with libusb on Linux (notes on npm `usb`): until it tells of a new device, until
 * it tells that one is gone (sooner when a transfer was under way), a bus reset.
 */
export const HOST_TIMING = { attach: 500, detach: 165, detachDuringTransfer: 17, reset: 290 } as const;

/** A chip's way through reset into its bootloader or application, before it shows itself on USB. Assumed. */
export const RESTART_MS = 50;

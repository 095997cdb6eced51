/**
 * What may be in the memory of a device whose session is replayed from a recording that kept only hashes: what was written
 * to it meanwhile, what images somebody has of it, and the two values an erased cell can have. Nothing here is believed
 * for being likely: a candidate is what was read if its hash is the recorded one, and otherwise it is not.
 */
import type { FirmwareImage } from '../firmware/image.ts';
import type { WithheldMemory } from '../usb/replay-device.ts';
import { MemoryAddress } from './memory-address.ts';

const PAGE = 1024;
/** Erased flash; 0x00 on L0 and L1. */
const ERASED = [0xff, 0x00] as const;

interface Page {
  readonly bytes: Uint8Array;
  /** 1 where a byte was written. */
  readonly written: Uint8Array;
}

/** @param images any that may have been on the device, or were written to it */
export function knownMemory(images: readonly FirmwareImage[]): WithheldMemory {
  const memory = new MemoryAddress();
  const pages = new Map<number, Page>();

  function keep(address: number, data: Uint8Array): void {
    data.forEach((byte, at) => {
      const page = pageAt(address + at);
      const offset = (address + at) % PAGE;
      page.bytes[offset] = byte;
      page.written[offset] = 1;
    });
  }

  function pageAt(address: number): Page {
    const number = Math.floor(address / PAGE);
    const known = pages.get(number) ?? { bytes: new Uint8Array(PAGE), written: new Uint8Array(PAGE) };
    pages.set(number, known);
    return known;
  }

  function overlayWritten(address: number, below: Uint8Array): Uint8Array {
    return below.map((byte, at) => {
      const page = pages.get(Math.floor((address + at) / PAGE));
      const offset = (address + at) % PAGE;
      return page?.written[offset] ? (page.bytes[offset] ?? byte) : byte;
    });
  }

  return {
    sent(setup, data) {
      const moved = memory.follow(setup, data.length, data);
      if (moved !== 'no memory' && moved.address !== undefined) keep(moved.address, data);
    },
    where(setup, length) {
      const moved = memory.follow(setup, length);
      return moved === 'no memory' ? undefined : moved.address;
    },
    *candidates(address, length) {
      for (const erased of ERASED) {
        const blank = new Uint8Array(length).fill(erased);
        yield overlayWritten(address, blank);
        for (const image of images) {
          const below = overlay(image, address, blank);
          yield overlayWritten(address, below);
          yield below;
        }
        yield blank;
      }
    },
  };
}

function overlay(image: FirmwareImage, address: number, below: Uint8Array): Uint8Array {
  const bytes = below.slice();
  for (const piece of image.within(address, address + below.length))
    bytes.set(piece.bytes, piece.address - address);
  return bytes;
}

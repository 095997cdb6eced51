/**
 * Builds captures byte by byte from the definitions of their formats, for tests: it shares nothing with the readers but
 * those definitions.
 */
import type { ControlSetup } from '../../src-main/usb/port.ts';

export const LINK = { usbLinux: 189, usbLinuxMmapped: 220, usbpcap: 249, ethernet: 1 } as const;

type Field = readonly [size: 1 | 2 | 4 | 8, value: number | bigint];

/** Numbers one after the other; negative ones as two's complement. */
export function fields(littleEndian: boolean, ...list: readonly Field[]): Uint8Array {
  const bytes = list.flatMap(([size, value]) => {
    const rest = BigInt.asUintN(size * 8, BigInt(value));
    const low = Array.from({ length: size }, (_, at) => Number((rest >> BigInt(at * 8)) & 0xffn));
    return littleEndian ? low : low.reverse();
  });
  return Uint8Array.from(bytes);
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

export interface BuiltPacket {
  readonly bytes: Uint8Array;
  /** Microseconds of Unix time. */
  readonly time?: number;
}

// -- pcap

export interface PcapOptions {
  readonly linkType: number;
  readonly littleEndian?: boolean;
  readonly nanoseconds?: boolean;
  /** Most bytes kept of a packet. */
  readonly snapLength?: number;
}

const SECOND_US = 1_000_000;
const UNLIMITED = 0x4_0000;

export function pcap(packets: readonly BuiltPacket[], options: PcapOptions): Uint8Array {
  const { linkType, littleEndian = true, nanoseconds = false, snapLength = UNLIMITED } = options;
  const magic = nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4;
  const header = fields(
    littleEndian,
    [4, magic],
    [2, 2],
    [2, 4],
    [4, 0],
    [4, 0],
    [4, snapLength],
    [4, linkType],
  );
  const records = packets.flatMap(({ bytes, time = 0 }) => {
    const kept = bytes.subarray(0, snapLength);
    const fraction = (time % SECOND_US) * (nanoseconds ? 1_000 : 1);
    const seconds = Math.floor(time / SECOND_US);
    return [fields(littleEndian, [4, seconds], [4, fraction], [4, kept.length], [4, bytes.length]), kept];
  });
  return join(header, ...records);
}

// -- pcapng

export function block(littleEndian: boolean, type: number, body: Uint8Array): Uint8Array {
  const padding = new Uint8Array(-body.length & 3);
  const length = 12 + body.length + padding.length;
  return join(fields(littleEndian, [4, type], [4, length]), body, padding, fields(littleEndian, [4, length]));
}

export function option(littleEndian: boolean, code: number, value: Uint8Array): Uint8Array {
  return join(fields(littleEndian, [2, code], [2, value.length]), value, new Uint8Array(-value.length & 3));
}

export function sectionHeader(littleEndian: boolean, options = new Uint8Array()): Uint8Array {
  const fixed = fields(littleEndian, [4, 0x1a2b_3c4d], [2, 1], [2, 0], [8, -1]);
  return block(littleEndian, 0x0a0d_0d0a, join(fixed, options));
}

export function interfaceDescription(
  littleEndian: boolean,
  linkType: number,
  { snapLength = 0, options = new Uint8Array() }: { snapLength?: number; options?: Uint8Array } = {},
): Uint8Array {
  return block(littleEndian, 1, join(fields(littleEndian, [2, linkType], [2, 0], [4, snapLength]), options));
}

/** @param ticks time in the unit of the interface, microseconds where it names none */
export function enhancedPacket(
  littleEndian: boolean,
  on: number,
  ticks: number | bigint,
  bytes: Uint8Array,
  options = new Uint8Array(),
): Uint8Array {
  const time = BigInt(ticks);
  const fixed = fields(
    littleEndian,
    [4, on],
    [4, time >> 32n],
    [4, time],
    [4, bytes.length],
    [4, bytes.length],
  );
  return block(littleEndian, 6, join(fixed, bytes, new Uint8Array(-bytes.length & 3), options));
}

export function simplePacket(littleEndian: boolean, bytes: Uint8Array, original = bytes.length): Uint8Array {
  return block(littleEndian, 3, join(fields(littleEndian, [4, original]), bytes));
}

export function pcapng(
  packets: readonly BuiltPacket[],
  { linkType, littleEndian = true }: Pick<PcapOptions, 'linkType' | 'littleEndian'>,
): Uint8Array {
  return join(
    sectionHeader(littleEndian),
    interfaceDescription(littleEndian, linkType),
    ...packets.map(({ bytes, time = 0 }) => enhancedPacket(littleEndian, 0, time, bytes)),
  );
}

// -- usbmon

export interface UsbmonPacket {
  readonly type: 'S' | 'C' | 'E';
  readonly id: number | bigint;
  readonly bus?: number;
  readonly device?: number;
  readonly isIn: boolean;
  readonly endpoint?: number;
  /** 2: control. */
  readonly transferType?: number;
  readonly setup?: Uint8Array;
  readonly status?: number;
  /** Length of the buffer or of what was transferred; that of the data if absent. */
  readonly length?: number;
  readonly data?: Uint8Array;
  /** Microseconds of Unix time. */
  readonly time?: number;
}

export function usbmon(
  packet: UsbmonPacket,
  { littleEndian = true, headerLength = 64 }: { littleEndian?: boolean; headerLength?: 48 | 64 } = {},
): BuiltPacket {
  const { type, id, isIn, setup, data = new Uint8Array(), time = 0 } = packet;
  const { bus = 1, device = 5, endpoint = 0, transferType = 2, status = 0, length = data.length } = packet;
  const header = join(
    fields(
      littleEndian,
      [8, id],
      [1, type.charCodeAt(0)],
      [1, transferType],
      [1, endpoint | (isIn ? 0x80 : 0)],
      [1, device],
      [2, bus],
      [1, setup ? 0 : 0x2d],
      [1, data.length > 0 ? 0 : isIn ? 0x3c : 0x3e],
      [8, Math.floor(time / SECOND_US)],
      [4, time % SECOND_US],
      [4, status],
      [4, length],
      [4, data.length],
    ),
    setup ?? new Uint8Array(8),
    new Uint8Array(headerLength - 48),
  );
  return { bytes: join(header, data), time };
}

// -- USBPcap

export const STAGE = { setup: 0, data: 1, status: 2, complete: 3 } as const;

export interface UsbpcapPacket {
  readonly stage: number;
  /** On its way back from the device. */
  readonly isBack: boolean;
  readonly irp: number | bigint;
  readonly bus?: number;
  readonly device?: number;
  readonly isIn: boolean;
  readonly endpoint?: number;
  readonly transferType?: number;
  readonly status?: number;
  readonly payload?: Uint8Array;
  readonly time?: number;
}

export function usbpcap(packet: UsbpcapPacket): BuiltPacket {
  const { stage, isBack, irp, isIn, payload = new Uint8Array(), time = 0 } = packet;
  const { bus = 1, device = 5, endpoint = 0, transferType = 2, status = 0 } = packet;
  const header = fields(
    true,
    [2, 28],
    [8, irp],
    [4, status],
    [2, 8],
    [1, isBack ? 1 : 0],
    [2, bus],
    [2, device],
    [1, endpoint | (isIn ? 0x80 : 0)],
    [1, transferType],
    [4, payload.length],
    [1, stage],
  );
  return { bytes: join(header, payload), time };
}

/** Eight bytes as on the wire. */
export function setupBytes({ requestType, request, value, index }: ControlSetup, length: number): Uint8Array {
  return fields(true, [1, requestType], [1, request], [2, value], [2, index], [2, length]);
}

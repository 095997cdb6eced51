import { readFile, stat } from 'node:fs/promises';
import type { FileFault } from '../../../shared/failure.ts';
import { StepwiseError } from '../../../shared/failure.ts';
import { pairTransfers } from './control-transfers.ts';
import type { PairedTransfers, TransferEvent } from './control-transfers.ts';
import type { Breakage, Packet } from './packet.ts';
import { isPcap, readPcap } from './pcap.ts';
import { isPcapng, readPcapng } from './pcapng.ts';
import { USBMON_HEADER_LENGTH, USBMON_PADDED_HEADER_LENGTH, usbmonEvent } from './usbmon.ts';
import { usbpcapEvent } from './usbpcap.ts';

/**
 * From a capture of USB traffic, made by whatever tool on Linux or Windows, to the control transfers in it: all a DFU
 * device understands.
 *
 * A file that does not begin as a capture, or holds packets and none of USB, is refused. One that begins as a capture
 * gives whatever can be read of it, and says where and why reading ended before its end: a capture is often cut off, for
 * who captures ends it with Ctrl-C, and what stands before the cut is as good as ever.
 */

/** A session that writes 2 MB block by block makes some 10 MB. */
export const LARGEST_CAPTURE = 256 * 1024 * 1024;
/** Far more than such a session has; each takes memory. */
const MOST_EVENTS = 200_000;

type Decoder = (packet: Packet) => TransferEvent | 'other' | 'unreadable';

/** By LINKTYPE_ number. */
const DECODERS: ReadonlyMap<number, Decoder> = new Map([
  [189, (packet: Packet) => usbmonEvent(packet, USBMON_HEADER_LENGTH)], // USB_LINUX
  [220, (packet: Packet) => usbmonEvent(packet, USBMON_PADDED_HEADER_LENGTH)], // USB_LINUX_MMAPPED
  [249, usbpcapEvent], // USBPCAP
]);

/** Which device's transfers are wanted; without a field, those of any. */
export interface DeviceFilter {
  readonly bus?: number;
  readonly deviceAddress?: number;
}

export interface Capture extends PairedTransfers {
  /** Packets about something else: other endpoints, other devices, other networks. */
  readonly otherPackets: number;
  /** Packets that must have been about USB, and cannot be understood: mostly cut off in their header. */
  readonly unreadablePackets: number;
  /** Why the file was not read to its end; undefined when it was. */
  readonly brokenOff: Breakage | undefined;
}

/**
 * @param file the content of the file; what is returned shares memory with it
 * @throws {StepwiseError} `bad-file`, and nothing else: `empty`, `too-large`, `unknown-format`, or `unsupported` where
 * there is no USB traffic in it that this program can read
 */
export function parseCapture(file: Uint8Array, only: DeviceFilter = {}): Capture {
  checkSize(file.length);
  const reading = new Reading(packetsOf(file), only);
  const paired = pairTransfers(reading.events());
  reading.expectUsb();
  const { otherPackets, unreadablePackets, brokenOff } = reading;
  return { ...paired, otherPackets, unreadablePackets, brokenOff };
}

/**
 * Reads a capture from disk; one that is too large is not even opened.
 * @throws {StepwiseError} `bad-file`, and nothing else; `unreadable` when the system does not give it
 */
export async function readCaptureFile(path: string, only: DeviceFilter = {}): Promise<Capture> {
  const found = await stat(path).catch(unreadable);
  // A pipe or a device would keep the reader waiting.
  if (!found.isFile()) throw badFile('unreadable', 'This is no regular file.');
  checkSize(found.size);
  return parseCapture(await readFile(path).catch(unreadable), only);
}

function packetsOf(file: Uint8Array): Iterable<Packet | Breakage> {
  if (isPcap(file)) return readPcap(file);
  if (isPcapng(file)) return readPcapng(file);
  throw badFile('unknown-format', 'This is no capture: neither pcap nor pcapng.');
}

/** The packets on their way to becoming events, and the count of those that do not. */
class Reading {
  otherPackets = 0;
  unreadablePackets = 0;
  brokenOff: Breakage | undefined;
  readonly #packets: Iterable<Packet | Breakage>;
  readonly #only: DeviceFilter;
  readonly #foreignLinks = new Set<number>();
  #hasUsb = false;

  constructor(packets: Iterable<Packet | Breakage>, only: DeviceFilter) {
    this.#packets = packets;
    this.#only = only;
  }

  *events(): Generator<TransferEvent, void> {
    let count = 0;
    for (const packet of this.#packets) {
      if ('problem' in packet) {
        this.brokenOff = packet;
        return;
      }
      const event = this.#decode(packet);
      if (event === 'unreadable') this.unreadablePackets++;
      else if (event === 'other' || !this.#isWanted(event)) this.otherPackets++;
      else if (count++ < MOST_EVENTS) yield event;
      else {
        this.brokenOff = { problem: 'there are too many transfers', offset: packet.offset };
        return;
      }
    }
  }

  /** @throws {StepwiseError} `bad-file` when there were packets, and none of USB */
  expectUsb(): void {
    if (this.#hasUsb || this.#foreignLinks.size === 0) return;
    const links = [...this.#foreignLinks].join(', ');
    throw badFile(
      'unsupported',
      `There is no USB traffic in this capture, but packets of link type ${links}.`,
    );
  }

  #decode(packet: Packet): ReturnType<Decoder> {
    const decoder = DECODERS.get(packet.linkType);
    if (decoder) this.#hasUsb = true;
    else this.#foreignLinks.add(packet.linkType);
    return decoder ? decoder(packet) : 'other';
  }

  #isWanted({ bus, deviceAddress }: TransferEvent): boolean {
    const { bus: wantedBus = bus, deviceAddress: wantedAddress = deviceAddress } = this.#only;
    return bus === wantedBus && deviceAddress === wantedAddress;
  }
}

function checkSize(size: number): void {
  if (size === 0) throw badFile('empty', 'The file is empty.');
  if (size > LARGEST_CAPTURE) {
    throw badFile('too-large', `The file has ${size} bytes, more than the ${LARGEST_CAPTURE} accepted.`);
  }
}

function unreadable(cause: unknown): never {
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
  throw badFile('unreadable', `The file cannot be read (${reason}).`, cause);
}

function badFile(fault: FileFault, detail: string, cause?: unknown): StepwiseError<'bad-file'> {
  return new StepwiseError('bad-file', { fault, detail, format: 'usb-capture' }, { phase: 'replay', cause });
}

/** What the two formats of capture files have in common: packets, each of a kind of link, at a time. */
export interface Packet {
  /** LINKTYPE_ number: what the bytes begin with (the registry of the pcap formats). */
  readonly linkType: number;
  /** Byte order of the machine that captured; headers of its kernel are in it. */
  readonly littleEndian: boolean;
  /** Where it begins in the file, its header included, in bytes. */
  readonly offset: number;
  /** What was kept of the packet: a view of the file. */
  readonly bytes: Uint8Array;
  /** Milliseconds of Unix time; undefined where the file does not tell. */
  readonly time: number | undefined;
}

/** Where a file can be read no further, and why. */
export interface Breakage {
  /** A sentence without full stop. */
  readonly problem: string;
  /** In bytes from the beginning of the file. */
  readonly offset: number;
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

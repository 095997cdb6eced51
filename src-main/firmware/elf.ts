/**
 * An ELF file as a linker makes it for a Cortex-M (System V ABI, chapters 4 and 5; ELF for the Arm Architecture). What
 * is written to flash are the loadable segments, at their physical address (p_paddr, the linker's LMA): the initial
 * values of variables run in RAM but are loaded from flash. A segment whose physical address is itself in RAM is for a
 * debugger and is left out.
 *
 * One trap: a linker that works in pages puts the ELF headers into the first segment when the program does not start
 * on a page border, as behind a bootloader at 0x08008200. Taken whole, that segment would overwrite what is before the
 * program, so it is cut to its sections.
 */
import type { AddressRange } from '../../shared/address.ts';
import type { FileFault } from '../../shared/failure.ts';
import { badFile } from './bad-file.ts';
import type { ImageRange } from './image.ts';
import { FirmwareImage } from './image.ts';

const CLASS_32 = 1;
const LITTLE_ENDIAN = 1;
const ET_EXEC = 2;
const EM_ARM = 40;
const PT_LOAD = 1;
const SHT_NOBITS = 8;
const SHF_ALLOC = 2;

/** Offsets of the fields used, and the size of each structure, all from the System V ABI. */
const Header = {
  class: 4,
  byteOrder: 5,
  type: 16,
  machine: 18,
  entry: 24,
  segmentTable: 28,
  sectionTable: 32,
  segmentSize: 42,
  segmentCount: 44,
  sectionSize: 46,
  sectionCount: 48,
  size: 52,
};
const Segment = { type: 0, offset: 4, physicalAddress: 12, fileSize: 16, size: 32 };
const Section = { type: 4, flags: 8, offset: 16, dataSize: 20, size: 40 };

/** RAM of a Cortex-M (ARMv7-M, B3.1), and where STM32 has RAM on the code bus: CCM, SRAM2 (reference manuals). */
const RAM: readonly AddressRange[] = [
  { start: 0x2000_0000, end: 0x4000_0000 },
  { start: 0x1000_0000, end: 0x1100_0000 },
];

/** Bytes of the file that belong at an address. */
interface Load {
  readonly address: number;
  readonly offset: number;
  readonly length: number;
}

/** @throws bad-file */
export function readElf(bytes: Uint8Array): FirmwareImage {
  if (bytes.length < Header.size) throw fault('truncated', 'The file ends within its header', bytes.length);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  checkKind(view);
  const segments = readSegments(view);
  const sections = readSections(view);
  const ranges = segments
    .filter(({ address }) => !RAM.some((ram) => address >= ram.start && address < ram.end))
    .flatMap((segment) => (segment.offset < Header.size ? cutToSections(segment, sections) : [segment]))
    .map(({ address, offset, length }): ImageRange => ({
      address,
      bytes: bytes.subarray(offset, offset + length),
    }));
  const entryPoint = view.getUint32(Header.entry, true);
  // Linkers write 0 where they know of no entry point.
  return FirmwareImage.from(ranges, entryPoint === 0 ? {} : { entryPoint });
}

function checkKind(view: DataView): void {
  if (view.getUint8(Header.class) !== CLASS_32) {
    throw fault('unsupported', 'This is no 32-bit ELF file, as firmware for an STM32 is', Header.class);
  }
  if (view.getUint8(Header.byteOrder) !== LITTLE_ENDIAN) {
    throw fault('unsupported', 'This ELF file is big-endian, firmware for an STM32 is not', Header.byteOrder);
  }
  const machine = view.getUint16(Header.machine, true);
  if (machine !== EM_ARM) {
    throw fault(
      'unsupported',
      `This ELF file is for another processor than Arm (machine ${machine})`,
      Header.machine,
    );
  }
  if (view.getUint16(Header.type, true) !== ET_EXEC) {
    throw fault(
      'unsupported',
      'This ELF file is no linked program: an object file, a library or a dump',
      Header.type,
    );
  }
}

/** Loadable segments with bytes in the file. */
function readSegments(view: DataView): Load[] {
  return readTable(view, Header.segmentTable, Header.segmentSize, Header.segmentCount, Segment.size)
    .filter(
      (at) =>
        view.getUint32(at + Segment.type, true) === PT_LOAD &&
        view.getUint32(at + Segment.fileSize, true) > 0,
    )
    .map((at) => {
      const offset = view.getUint32(at + Segment.offset, true);
      const length = view.getUint32(at + Segment.fileSize, true);
      if (offset + length > view.byteLength) {
        throw fault('truncated', 'A segment goes on behind the end of the file', at);
      }
      return { address: view.getUint32(at + Segment.physicalAddress, true), offset, length };
    });
}

/** Sections that are in memory when the program runs and have bytes in the file. */
function readSections(view: DataView): Omit<Load, 'address'>[] {
  return readTable(view, Header.sectionTable, Header.sectionSize, Header.sectionCount, Section.size)
    .filter(
      (at) =>
        (view.getUint32(at + Section.flags, true) & SHF_ALLOC) !== 0 &&
        view.getUint32(at + Section.type, true) !== SHT_NOBITS,
    )
    .map((at) => ({
      offset: view.getUint32(at + Section.offset, true),
      length: view.getUint32(at + Section.dataSize, true),
    }));
}

/** Offsets of the entries of a table, given the offsets of the header fields that describe it. */
function readTable(
  view: DataView,
  tableField: number,
  sizeField: number,
  countField: number,
  entrySize: number,
): number[] {
  const table = view.getUint32(tableField, true);
  const count = view.getUint16(countField, true);
  if (count > 0 && view.getUint16(sizeField, true) !== entrySize) {
    throw fault('inconsistent', `The entries of a table are not ${entrySize} bytes long`, sizeField);
  }
  if (table + count * entrySize > view.byteLength) {
    throw fault('truncated', 'The file ends before one of its tables does', view.byteLength);
  }
  return Array.from({ length: count }, (_, i) => table + i * entrySize);
}

function cutToSections(segment: Load, sections: readonly Omit<Load, 'address'>[]): Load[] {
  const inside = sections.filter(
    ({ offset, length }) => offset >= segment.offset && offset + length <= segment.offset + segment.length,
  );
  if (inside.length === 0) {
    throw fault(
      'unsupported',
      'A segment includes the headers of the file, and no section tells what to load',
      0,
    );
  }
  return inside.map((section) => ({
    ...section,
    address: segment.address + section.offset - segment.offset,
  }));
}

function fault(kind: FileFault, what: string, offset: number) {
  return badFile(kind, `${what}.`, { format: 'elf', offset });
}

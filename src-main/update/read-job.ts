/** Reads a stretch of the device's memory into an image. */
import { rangeLength, type AddressRange } from '../../shared/address.ts';
import { FirmwareImage } from '../firmware/image.ts';
import { readTime } from '../flash/estimate.ts';
import { readRange } from '../flash/preserve.ts';
import { Progress } from '../flash/progress.ts';
import { retrying } from '../flash/recover.ts';
import type { Connected } from './connect.ts';
import { changingNothing, checkpoint, type JobOptions } from './job.ts';

/** Read in pieces of this size, so that a failure costs one piece and progress is told. */
const PIECE = 64 * 1024;
/** Bytes of the smallest UPLOAD (AN3156 §4). */
const LEAST_READ = 2;

/** Flash from its first to behind its last byte, no more than the chip has. */
export function wholeFlash(connected: Connected): AddressRange | undefined {
  const { sectors, flashSize } = connected.target;
  const first = sectors[0];
  const last = sectors.at(-1);
  if (!first || !last) return undefined;
  const end = last.address + last.size;
  return {
    start: first.address,
    end: flashSize === undefined ? end : Math.min(end, first.address + flashSize),
  };
}

/** @throws read-protected, command-rejected where the loader allows no reading there, and failures of the session */
export function readMemory(
  connected: Connected,
  range: AddressRange,
  options: JobOptions,
): Promise<FirmwareImage> {
  return changingNothing(connected, () => readPieces(connected, range, options));
}

async function readPieces(
  { target, connection }: Connected,
  range: AddressRange,
  options: JobOptions,
): Promise<FirmwareImage> {
  const progress = new Progress(options.clock, options.listener);
  progress.expect('verify', readTime(target, rangeLength(range)), rangeLength(range));
  progress.phase('read');
  const ask = () => void checkpoint(options.signal);
  const pieces: { address: number; bytes: Uint8Array }[] = [];
  for (let start = range.start; start < range.end; start += PIECE) {
    const end = Math.min(start + PIECE, range.end);
    // Loaders refuse single bytes. No wider than needed: behind option bytes there may be nothing that can be read.
    const wide = { start: start - (start % LEAST_READ), end: end + (end % LEAST_READ) };
    const bytes = await progress.measure('verify', start, end - start, readTime(target, end - start), () =>
      retrying(connection, () => readRange(connection.session, wide, ask), {
        address: start,
        listener: options.listener,
        checkpoint: ask,
      }),
    );
    pieces.push({ address: start, bytes: bytes.subarray(start - wide.start, end - wide.start) });
  }
  return FirmwareImage.from(pieces);
}

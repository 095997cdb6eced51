/** What a piece of flash holds: nothing, or just these bytes. Each reads no further than it takes to tell. */
import type { DfuSeSession } from '../dfuse/session.ts';
import type { ImageRange } from '../firmware/image.ts';
import { compareRuns } from '../flash/compare.ts';
import { alignmentOf, type FlashSector } from '../flash/target.ts';
import type { Connected } from './connect.ts';
import { checkpoint, type JobOptions } from './job.ts';

/**
 * Reads until the first byte in use.
 * @param ask called before each block; throws where the person cancelled
 * @throws what reading throws
 */
export async function isBlank(
  session: DfuSeSession,
  { address, size }: FlashSector,
  erasedValue: number,
  ask: () => void,
): Promise<boolean> {
  for (let at = address; at < address + size; at += session.transferSize) {
    ask();
    const bytes = await session.readBlock(address, at, Math.min(session.transferSize, address + size - at));
    if (!bytes.every((byte) => byte === erasedValue)) return false;
  }
  return true;
}

/** Whether flash holds all of these bytes; read until the first one that differs. */
export async function holds(
  { connection, target }: Connected,
  runs: readonly ImageRange[],
  { signal }: Pick<JobOptions, 'signal'>,
): Promise<boolean> {
  const differing: number[] = [];
  await compareRuns(connection.session, runs, {
    alignment: alignmentOf(target),
    wanted: () => {
      checkpoint(signal);
      return differing.length === 0;
    },
    reading: (_block, read) => read(),
    differs: ({ first }) => void differing.push(first),
  });
  return differing.length === 0;
}

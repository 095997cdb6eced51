/** Looks which sectors of flash are blank and which have bytes in them. A sector is read until its first byte in use. */
import type { SurveyedSector } from '../../shared/diagnosis.ts';
import { isFailure } from '../../shared/failure.ts';
import { known, unknown, valueOf } from '../../shared/fact.ts';
import { unlessRefused } from '../devices/registers.ts';
import type { DfuSeSession } from '../dfuse/session.ts';
import { retrying } from '../flash/recover.ts';
import { erasedValueOf, type FlashSector } from '../flash/target.ts';
import type { Connected } from './connect.ts';
import { changingNothing, checkpoint, type JobOptions } from './job.ts';
import { wholeFlash } from './read-job.ts';

/**
 * @param found is told each sector as soon as it is known
 * @throws read-protected, cancelled, and failures of the session
 */
export function surveyFlash(
  connected: Connected,
  options: JobOptions,
  found: (sector: SurveyedSector) => void,
): Promise<readonly SurveyedSector[]> {
  return changingNothing(connected, async () => {
    const end = wholeFlash(connected)?.end ?? 0;
    const surveyed: SurveyedSector[] = [];
    for (const sector of connected.target.sectors.filter(({ address }) => address < end)) {
      const { address, size } = sector;
      const state = sector.readable ? await stateOf(connected, sector, options) : 'unreadable';
      surveyed.push({ address, size, state });
      found({ address, size, state });
    }
    return surveyed;
  });
}

async function stateOf(
  { connection, target }: Connected,
  sector: FlashSector,
  { listener, signal }: JobOptions,
): Promise<SurveyedSector['state']> {
  const ask = () => void checkpoint(signal);
  const look = () =>
    unlessRefused(
      connection.session,
      async () => known(await isBlank(connection.session, sector, erasedValueOf(target), ask), 'read'),
      (error) => {
        if (isFailure(error, 'read-protected')) throw error;
        return unknown('the loader refused to read it');
      },
    );
  const blank = await retrying(connection, look, { address: sector.address, listener, checkpoint: ask });
  if (!blank.known) return 'unreadable';
  return valueOf(blank) ? 'blank' : 'used';
}

async function isBlank(
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

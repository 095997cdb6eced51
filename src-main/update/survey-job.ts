/**
 * Looks what is in flash, sector by sector: nothing, something, or what a chosen firmware has there; and whether the chip
 * can start from it. A sector is read until its first byte in use, and where firmware has bytes in it until the first
 * one that differs.
 */
import type { FlashSurvey, SurveyedSector, VectorTable } from '../../shared/diagnosis.ts';
import { isFailure } from '../../shared/failure.ts';
import { known, unknown, valueOf } from '../../shared/fact.ts';
import { unlessRefused } from '../devices/registers.ts';
import { FirmwareImage, type ImageRange } from '../firmware/image.ts';
import { inspectVectorTable } from '../firmware/vector-table.ts';
import { retrying } from '../flash/recover.ts';
import { erasedValueOf, rangeOf, type FlashSector } from '../flash/target.ts';
import { holds, isBlank } from './contents.ts';
import type { Connected } from './connect.ts';
import { changingNothing, checkpoint, type JobOptions } from './job.ts';
import { wholeFlash } from './read-job.ts';
import { recognise, type KnownImage } from './recognise.ts';

export interface SurveyQuestion {
  /** Firmware to compare with. */
  readonly image?: FirmwareImage | undefined;
  /** What flash may hold, the newest first. */
  readonly known?: readonly KnownImage[];
}

/**
 * @param found is told each sector as soon as it is known
 * @throws read-protected, cancelled, and failures of the session
 */
export function surveyFlash(
  connected: Connected,
  options: JobOptions,
  found: (sector: SurveyedSector) => void,
  { image, known: images = [] }: SurveyQuestion = {},
): Promise<FlashSurvey> {
  return changingNothing(connected, async () => {
    const end = wholeFlash(connected)?.end ?? 0;
    const sectors: SurveyedSector[] = [];
    for (const sector of connected.target.sectors.filter(({ address }) => address < end)) {
      const surveyed = await lookAt(connected, sector, image, options);
      sectors.push(surveyed);
      found(surveyed);
    }
    const vectorTable = await readVectorTable(connected, sectors, options);
    return {
      sectors,
      ...(vectorTable && { vectorTable }),
      recognised: await recognise(connected, images, options),
    };
  });
}

async function lookAt(
  connected: Connected,
  sector: FlashSector,
  image: FirmwareImage | undefined,
  options: JobOptions,
): Promise<SurveyedSector> {
  const { address, size } = sector;
  const state = sector.readable ? await stateOf(connected, sector, options) : 'unreadable';
  const { start, end } = rangeOf(sector);
  const wanted = image?.within(start, end) ?? [];
  if (wanted.length === 0 || state === 'unreadable') return { address, size, state };
  const equal = await asked(connected, sector, options, () => holds(connected, wanted, options));
  return { address, size, state, firmware: equal === true ? 'equal' : 'differs' };
}

async function stateOf(
  connected: Connected,
  sector: FlashSector,
  options: JobOptions,
): Promise<SurveyedSector['state']> {
  const ask = () => void checkpoint(options.signal);
  const { connection, target } = connected;
  const blank = await asked(connected, sector, options, () =>
    isBlank(connection.session, sector, erasedValueOf(target), ask),
  );
  if (blank === undefined) return 'unreadable';
  return blank ? 'blank' : 'used';
}

/** What `look` sees, as often as it takes; undefined where the loader refuses to read there. @throws read-protected */
async function asked<T>(
  { connection }: Connected,
  { address }: FlashSector,
  { listener, signal }: JobOptions,
  look: () => Promise<T>,
): Promise<T | undefined> {
  const seen = await retrying(
    connection,
    () =>
      unlessRefused(
        connection.session,
        async () => known(await look(), 'read'),
        (error) => {
          if (isFailure(error, 'read-protected')) throw error;
          return unknown('the loader refused to read it');
        },
      ),
    { address, listener, checkpoint: () => void checkpoint(signal) },
  );
  return valueOf(seen);
}

const TABLE_HEAD = 8;

async function readVectorTable(
  connected: Connected,
  sectors: readonly SurveyedSector[],
  options: JobOptions,
): Promise<VectorTable | undefined> {
  const { connection, target } = connected;
  const [first] = target.sectors;
  if (!first || sectors[0]?.state === 'unreadable') return undefined;
  const { address } = first;
  const head = await asked(connected, first, options, () =>
    connection.session.readBlock(address, address, TABLE_HEAD),
  );
  if (!head) return undefined;
  const words = new DataView(head.buffer, head.byteOffset, TABLE_HEAD);
  const stackPointer = words.getUint32(0, true);
  const resetHandler = words.getUint32(4, true);
  return {
    address,
    stackPointer,
    resetHandler,
    oddities: odditiesOf(connected, { address, bytes: head }, resetHandler, sectors),
  };
}

/** As of an image that begins like this, and has code wherever a sector is in use. */
function odditiesOf(
  { target }: Connected,
  head: ImageRange,
  resetHandler: number,
  sectors: readonly SurveyedSector[],
): VectorTable['oddities'] {
  const handler = resetHandler - (resetHandler % 2);
  const used = sectors.some(
    ({ address, size, state }) => state === 'used' && handler >= address && handler + 2 <= address + size,
  );
  const beside = used && handler >= head.address + TABLE_HEAD;
  const image = FirmwareImage.from([
    head,
    ...(beside ? [{ address: handler, bytes: new Uint8Array(2) }] : []),
  ]);
  // Where the chip is not known, nor is its RAM: then the whole address space may be.
  const ram = target.family?.ram ?? [{ start: 0, end: 0x1_0000_0000 }];
  return inspectVectorTable(image, { flashStart: head.address, ram }).flatMap(({ kind }) =>
    kind === 'missing' ? [] : [kind],
  );
}

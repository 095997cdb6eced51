/** Which firmware there is for a device: releases, files somebody chose, and what an interrupted update was about. */
import { LARGEST_FILE } from '../../shared/contract.ts';
import { StepwiseError, type Failure } from '../../shared/failure.ts';
import type { Firmware } from '../../shared/firmware.ts';
import { readImage } from '../firmware/read.ts';
import { imageHash } from '../flash/journal.ts';
import type { Ready } from './device-registry.ts';
import type { ShelvedFirmware } from './firmware-shelf.ts';
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';
import { cardOf, listed } from './reviews.ts';

type FirmwareHandlers = Pick<
  Handlers,
  'firmware.list' | 'firmware.fetch' | 'firmware.add' | 'catalog.state' | 'catalog.check'
>;

export function firmwareHandlers(house: House): FirmwareHandlers {
  const { devices, shelf, product, releases } = house;
  return {
    'firmware.list': async ({ path }) => {
      if (!(await devices.runsApplication(path))) return firmwareFor(house, await devices.ready(path));
      const target = { line: devices.lineAt(path), version: devices.versionAt(path) };
      const files = shelf.from('file').map((each) => cardOf(each));
      return recommended([...(await releases.listed(target)), ...files]);
    },
    'firmware.fetch': async ({ firmware }, { signal, progress }) => {
      const here = shelf.find(firmware) ?? (await releases.fetch(firmware, { signal, onProgress: progress }));
      return cardOf(here);
    },
    'catalog.state': () => releases.state,
    'catalog.check': () => releases.check(),
    'firmware.add': ({ name, content, address }) => {
      if (!product.products.some(({ policy }) => policy.files))
        throw new StepwiseError('not-allowed', { what: 'firmware from a file' });
      const bytes = new Uint8Array(Buffer.from(content, 'base64'));
      const place = address === undefined ? {} : { address };
      const { image, format } = readImage(bytes, { fileName: name, maxSize: LARGEST_FILE, ...place });
      return cardOf(shelf.put(image, { source: 'file', name, format }));
    },
  };
}

/** Best first; what the device must not get comes last. */
async function firmwareFor(house: House, device: Ready): Promise<readonly Firmware[]> {
  const { interruptions, releases, shelf } = house;
  const interrupted = await interruptions.of(device);
  const continued = interrupted && (await interruptions.firmwareOf(interrupted));
  const planned = (firmware: ShelvedFirmware) =>
    listed({ device, firmware, discardOutside: false, interrupted });
  const offered = (await releases.listed(device)).map((release) => {
    // What is here can be planned; of the rest only the rules are known. A locked device does not tell what fits it.
    const here = shelf.find(release.id);
    const refusal = lockOf(device) ?? release.refusal ?? (here && planned(here).refusal);
    return { ...release, ...(refusal && { refusal }) };
  });
  const others = [...shelf.from('release'), ...shelf.from('file').toReversed()];
  const isElsewhere = others.some(
    ({ image }) => continued && imageHash(image) === imageHash(continued.image),
  );
  const all = [
    ...(continued && !isElsewhere ? [planned(continued)] : []),
    ...offered,
    ...shelf.from('file').toReversed().map(planned),
  ];
  return recommended([...all.filter(({ refusal }) => !refusal), ...all.filter(({ refusal }) => refusal)]);
}

/** The newest release whose turn it is. */
function recommended(list: readonly Firmware[]): readonly Firmware[] {
  const best = list.find(({ source, refusal, early }) => source === 'release' && !refusal && !early);
  return list.map((each) => (each === best ? { ...each, recommended: true } : each));
}

function lockOf({ target }: Ready): Failure | undefined {
  return target.readProtected
    ? new StepwiseError('read-protected', {}, { phase: 'plan' }).failure
    : undefined;
}

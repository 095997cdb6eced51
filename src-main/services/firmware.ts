/** Which firmware there is for a device: releases, files somebody chose, and what an interrupted update was about. */
import { LARGEST_FILE } from '../../shared/contract.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { Firmware } from '../../shared/firmware.ts';
import type { Channel } from '../../shared/settings.ts';
import { readImage } from '../firmware/read.ts';
import { imageHash } from '../flash/journal.ts';
import type { Ready } from './device-registry.ts';
import type { ShelvedFirmware } from './firmware-shelf.ts';
import type { Handlers } from './handlers.ts';
import type { House } from './house.ts';
import { compareVersions } from './product-lines.ts';
import { cardOf, listed } from './reviews.ts';

/** Who wants a channel gets what is more stable as well. */
const CHANNELS_OF: Readonly<Record<Channel, readonly Channel[]>> = {
  stable: ['stable'],
  beta: ['stable', 'beta'],
  development: ['stable', 'beta', 'development'],
};

export function firmwareHandlers(house: House): Pick<Handlers, 'firmware.list' | 'firmware.add'> {
  const { devices, shelf, product } = house;
  return {
    'firmware.list': async ({ path }) => {
      if (!(await devices.runsApplication(path))) return firmwareFor(house, await devices.ready(path));
      const releases = await releasesFor(house, { line: devices.lineAt(path) });
      return [...releases, ...shelf.from('file')].map((each) => cardOf(each, each === releases[0]));
    },
    'firmware.add': ({ name, content, address }) => {
      if (!product.products.some(({ policy }) => policy.files))
        throw new StepwiseError('not-allowed', { what: 'firmware from a file' });
      const bytes = new Uint8Array(Buffer.from(content, 'base64'));
      const place = address === undefined ? {} : { address };
      const { image, format } = readImage(bytes, { fileName: name, maxSize: LARGEST_FILE, ...place });
      return cardOf(shelf.put(image, { source: 'file', name, format }, true), false);
    },
  };
}

/** Best first; what the device must not get comes last. */
async function firmwareFor(house: House, device: Ready): Promise<readonly Firmware[]> {
  const releases = await releasesFor(house, device);
  const interrupted = await house.interruptions.of(device);
  const continued = interrupted && (await house.interruptions.firmwareOf(interrupted));
  const others = [...releases, ...house.shelf.from('file').toReversed()];
  const isElsewhere =
    continued && others.some(({ image }) => imageHash(image) === imageHash(continued.image));
  const all = continued && !isElsewhere ? [continued, ...others] : others;
  const firmware = all.map((each) => listed({ device, firmware: each, discardOutside: false, interrupted }));
  const newest = firmware.find(({ source, refusal }) => source === 'release' && !refusal);
  const [fit, refused] = [
    firmware.filter(({ refusal }) => !refusal),
    firmware.filter(({ refusal }) => refusal),
  ];
  return [...fit, ...refused].map((each) => (each === newest ? { ...each, recommended: true } : each));
}

/** Releases of the person's channel, the newest first. */
async function releasesFor(
  { surroundings, settings, shelf }: House,
  device: Parameters<House['surroundings']['releases']['for']>[0],
): Promise<readonly ShelvedFirmware[]> {
  const releases = await surroundings.releases.for(device);
  const channels = CHANNELS_OF[settings.now.channel];
  return releases
    .filter(({ channel }) => channels.includes(channel))
    .sort((a, b) => compareVersions(b.version, a.version))
    .map(({ image, ...card }) => shelf.put(image, { source: 'release', ...card }, false));
}

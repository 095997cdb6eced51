/**
 * Whom a quirk concerns. A loader's ID can often not be read, and then the two ways differ: what must not be missed
 * holds for the unread loader too, what is merely worth knowing does not.
 */
import type { LoaderIdentity } from '../quirk.ts';

type Concern = (loader: LoaderIdentity) => boolean;

/** Every loader of these families. */
export function families(...deviceIds: readonly number[]): Concern {
  return ({ deviceId }) => deviceIds.includes(deviceId);
}

/** These loaders of a family, once their ID was read. */
export function loaders(deviceId: number, ...bootloaderIds: readonly number[]): Concern {
  return (loader) =>
    loader.deviceId === deviceId &&
    loader.bootloaderId !== undefined &&
    bootloaderIds.includes(loader.bootloaderId);
}

/** These loaders of a family, and one whose ID was not read. */
export function loadersOrUnread(deviceId: number, ...bootloaderIds: readonly number[]): Concern {
  return (loader) =>
    loader.deviceId === deviceId &&
    (loader.bootloaderId === undefined || bootloaderIds.includes(loader.bootloaderId));
}

export function anyOf(...concerns: readonly Concern[]): Concern {
  return (loader) => concerns.some((concerned) => concerned(loader));
}

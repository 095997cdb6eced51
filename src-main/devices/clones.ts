/**
 * Loaders of other makers that speak ST's protocol. They answer to the same requests, but their sectors, their layout
 * strings and their way of leaving differ from what is known of ST's, so they are told apart before anything is planned.
 * Sources: dfu-util quirks, Betaflight Configurator device list, published listings.
 */
import { namedLayouts, usbId, type LoaderDescription } from './loader-description.ts';

export interface Clone {
  readonly name: string;
  /** What shows it, as a sentence without full stop; undefined for a device that is not this one. */
  evidence(loader: LoaderDescription): string | undefined;
}

export const CLONES: readonly Clone[] = [
  byUsbId('GigaDevice GD32', '28E9:0189'),
  byUsbId('Artery AT32', '2E3C:DF11'),
  byUsbId('Geehy APM32', '314B:0106'),
  byUsbId('X32', '3997:DF11'),
  {
    name: 'WCH CH58x',
    evidence: (loader) =>
      namedLayouts(loader).some(
        ({ layout }) => layout.name === 'Internal Flash' && layout.regions[0]?.address === 0,
      )
        ? 'its internal flash begins at 0x00000000, on every STM32 it is at 0x08000000'
        : undefined,
  },
];

function byUsbId(name: string, id: string): Clone {
  return {
    name,
    evidence: (loader) => (usbId(loader) === id ? `USB ID ${id} belongs to ${name}` : undefined),
  };
}

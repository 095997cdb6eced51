import type Usb from '@lucide/svelte/icons/usb';

/** Any icon of the set. */
export type Icon = typeof Usb;

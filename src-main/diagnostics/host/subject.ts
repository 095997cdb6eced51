/** A device as the checks of the host see it. */
import type { LinkQuality } from '../../../shared/diagnosis.ts';
import type { Failure } from '../../../shared/failure.ts';

export interface Subject {
  /** Port path, `1-2.4`. */
  readonly path: string;
  /** The address the host gave it. */
  readonly address: number;
  readonly vendorId: number;
  readonly productId: number;
  /** What became of trying to use it. */
  readonly opened: Opened;
  readonly runsApplication: boolean;
  /** What a link test found, and the rate that was to be expected, in bytes per second. */
  readonly link?: { readonly quality: LinkQuality; readonly expected: number } | undefined;
}

export type Opened =
  | { readonly kind: 'yes' | 'not-tried' | 'no-permission' | 'no-driver' | 'busy' }
  | { readonly kind: 'failed'; readonly detail: string };

/** What the failure of a look at a device says of opening it; what came afterwards is not the host's fault. */
export function openedOf({ code, cause = [] }: Failure): Opened {
  switch (code) {
    case 'no-permission':
    case 'no-driver':
    case 'busy':
      return { kind: code };
    case 'disconnected':
    case 'usb-transfer':
    case 'no-answer':
    case 'internal':
      return { kind: 'failed', detail: [code, ...cause].join(': ') };
    default:
      return { kind: 'yes' };
  }
}

/** `0483:DF11`. */
export function usbId({ vendorId, productId }: Pick<Subject, 'vendorId' | 'productId'>): string {
  return `${digits(vendorId)}:${digits(productId)}`;
}

/** Four hexadecimal digits. */
export function digits(id: number): string {
  return id.toString(16).toUpperCase().padStart(4, '0');
}

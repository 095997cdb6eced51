/** What enumeration shows of a loader: descriptors and strings, nothing that asks the loader to do anything. */
import { parseLayout, type MemoryLayout } from '../dfuse/layout.ts';

export interface LoaderDescription {
  readonly vendorId: number;
  readonly productId: number;
  /** bcdDevice; on an ST ROM the version of its DFU protocol: 0x2200 is V2.2, 0x0300 is V3.0. */
  readonly deviceVersion: number;
  /** bcdUSB. */
  readonly usbVersion: number;
  readonly manufacturer?: string | undefined;
  readonly product?: string | undefined;
  readonly serial?: string | undefined;
  /** The names of its alternate settings, as sent. */
  readonly layouts: readonly { readonly alternate: number; readonly text: string }[];
  /** wTransferSize, in bytes. */
  readonly transferSize: number;
  /** bcdDFUVersion. */
  readonly dfuVersion: number;
}

export interface NamedLayout {
  readonly text: string;
  readonly layout: MemoryLayout;
}

/** The names that are layout strings, without what some devices send behind them. */
export function namedLayouts({ layouts }: LoaderDescription): readonly NamedLayout[] {
  return layouts.flatMap(({ text }) => {
    const result = parseLayout(text);
    return result.ok ? [{ text: text.replaceAll('\0', '').trim(), layout: result.layout }] : [];
  });
}

/** `0483:DF11`, as listings print it. */
export function usbId({ vendorId, productId }: Pick<LoaderDescription, 'vendorId' | 'productId'>): string {
  return [vendorId, productId].map((id) => id.toString(16).toUpperCase().padStart(4, '0')).join(':');
}

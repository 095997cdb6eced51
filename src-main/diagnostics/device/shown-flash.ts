/** The flash a bootloader shows by its layout strings. */
import { flashLayout, parseLayout, type MemoryLayout } from '../../dfuse/layout.ts';

export function shownFlash(layouts: readonly string[]): MemoryLayout | undefined {
  const parsed = layouts.flatMap((text, alternate) => {
    const result = parseLayout(text);
    return result.ok ? [{ alternate, layout: result.layout }] : [];
  });
  return flashLayout(parsed)?.layout;
}

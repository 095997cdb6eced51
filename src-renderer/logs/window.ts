/**
 * Which rows of a long list are drawn: those in view and a few around them. All rows have the same height, so the place
 * of each follows from its number, and a list of a hundred thousand lines costs no more than one of fifty.
 */
export interface View {
  /** Rows in the list. */
  readonly count: number;
  /** Pixels, of one row and of what is seen. */
  readonly rowHeight: number;
  readonly height: number;
  /** Pixels scrolled from the top. */
  readonly scrolled: number;
}

/** Rows drawn above and below what is seen, so that quick scrolling shows no gap. */
export const SPARE_ROWS = 12;

export interface DrawnRows {
  /** Number of the first one, and of the first one that is not drawn any more. */
  readonly start: number;
  readonly end: number;
  /** Pixels of the rows above the first one. */
  readonly above: number;
  /** Pixels of the whole list. */
  readonly whole: number;
}

export function drawnRows({ count, rowHeight, height, scrolled }: View): DrawnRows {
  const first = Math.floor(Math.max(0, scrolled) / rowHeight);
  const inView = Math.ceil(height / rowHeight) + 1;
  const start = Math.max(0, Math.min(first, count - inView) - SPARE_ROWS);
  const end = Math.min(count, Math.min(first, count) + inView + SPARE_ROWS);
  return { start, end, above: start * rowHeight, whole: count * rowHeight };
}

/** The end is in view: less than one row is below it. */
export function isAtEnd({ count, rowHeight, height, scrolled }: View): boolean {
  return scrolled + height >= count * rowHeight - rowHeight;
}

/** Where to scroll so that this row is in view, moving as little as possible. */
export function scrolledTo(row: number, { rowHeight, height, scrolled }: View): number {
  const top = row * rowHeight;
  const highest = top + rowHeight - height;
  return Math.max(0, Math.min(Math.max(scrolled, highest), top));
}

/** Lines of a file in parts that are worked on one after the other, with time for others in between. */

export interface Chunks {
  /** In their order; joined by a line feed they are the text. */
  readonly parts: readonly string[];
}

/** Characters. */
const PART = 64 * 1024;
/** No program writes such a line; whoever did is not to hold everything up. */
const LONGEST_LINE = 32 * 1024;

/** @param isWhole the file begins with these bytes; otherwise the first line is a part of one, and left away */
export function chunksOf(bytes: Uint8Array, isWhole: boolean): Chunks {
  const text = new TextDecoder().decode(bytes);
  const lines = text.slice(isWhole ? 0 : text.indexOf('\n') + 1).split('\n');
  const parts: string[] = [];
  let part: string[] = [];
  let length = 0;
  for (const line of lines) {
    const kept = line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)} … and so on` : line;
    part.push(kept);
    length += kept.length + 1;
    if (length < PART) continue;
    parts.push(part.join('\n'));
    part = [];
    length = 0;
  }
  return { parts: part.length > 0 ? [...parts, part.join('\n')] : parts };
}

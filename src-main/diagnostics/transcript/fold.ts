/** What stands beside each other in a transcript and is more of the same, as one paragraph. */
import type { Paragraph, ParagraphOf, Run } from './paragraphs.ts';

/** Both as one, where they are more of the same. */
export function join(before: Paragraph, next: Paragraph): Paragraph | undefined {
  const span = { until: next.until, last: next.last };
  switch (next.kind) {
    case 'look':
      if (before.kind !== 'look') return undefined;
      return {
        ...before,
        ...span,
        requests: before.requests + next.requests,
        refused: before.refused + next.refused,
      };
    case 'write':
      return before.kind === 'write' && follows(before, next)
        ? { ...before, ...span, ...longer(before, next) }
        : undefined;
    case 'read':
      if (before.kind !== 'read' || !follows(before, next)) return undefined;
      // Where it begins to differ is worth a paragraph; where it still does is not.
      if (before.compared !== next.compared) return undefined;
      return { ...before, ...span, ...longer(before, next) };
    case 'erase': {
      if (before.kind !== 'erase') return undefined;
      const slower = next.longest > before.longest ? next : before;
      return {
        ...before,
        ...span,
        addresses: [...before.addresses, ...next.addresses],
        longest: slower.longest,
        longestAt: slower.longestAt,
        questions: before.questions + next.questions,
      };
    }
    case 'clear':
      return before.kind === 'clear'
        ? { ...before, ...span, times: before.times + 1, status: next.status }
        : undefined;
    case 'failed':
      return before.kind === 'failed' && before.failure === next.failure && before.doing === next.doing
        ? { ...before, ...span, times: before.times + 1 }
        : undefined;
    default:
      return undefined;
  }
}

function follows(before: Run, next: Run): boolean {
  if (before.address === undefined || next.address === undefined) return before.address === next.address;
  return next.address === before.address + before.bytes;
}

function longer(before: Run, next: Run): Pick<Run, 'bytes' | 'blocks' | 'blockSize'> {
  return {
    bytes: before.bytes + next.bytes,
    blocks: before.blocks + 1,
    blockSize: Math.max(before.blockSize, next.blockSize),
  };
}

/** Reads that look here and there, one behind the other, are one paragraph. */
export function gatherSamples(told: Paragraph[], next: Paragraph): Paragraph[] {
  const before = told.at(-1);
  if (before?.kind !== 'read' || next.kind !== 'read' || !isSample(before) || !isSample(next)) {
    told.push(next);
    return told;
  }
  const { blocks, bytes, places, blockSize } = before;
  told[told.length - 1] = {
    ...before,
    until: next.until,
    last: next.last,
    blocks: blocks + next.blocks,
    bytes: bytes + next.bytes,
    places: places + next.places,
    blockSize: Math.max(blockSize, next.blockSize),
  };
  return told;
}

function isSample({ blocks, places, compared }: ParagraphOf<'read'>): boolean {
  return blocks === places && compared === 'nothing was written there';
}

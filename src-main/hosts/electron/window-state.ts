/** Where the window was when it was closed. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Rectangle } from 'electron';
import { z } from 'zod';

/** In device-independent pixels. */
export const SMALLEST = { width: 960, height: 640 } as const;
const USUAL = { width: 1120, height: 760 } as const;

const windowState = z.object({
  bounds: z.object({ x: z.int(), y: z.int(), width: z.int(), height: z.int() }),
  maximized: z.boolean(),
});
export type WindowState = z.infer<typeof windowState>;

/** Undefined where there is none, or none that can be read: the window opens as it does the first time. */
export function readWindowState(file: string): WindowState | undefined {
  try {
    return windowState.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Half of it is as good as none: the window opens as the first time. @throws the system's error */
export function writeWindowState(file: string, state: WindowState): void {
  writeFileSync(file, `${JSON.stringify(state)}\n`);
}

/**
 * Where to open it. A place on a display that is not there any more is given up: the window would open where nobody
 * can reach it. The system then puts it in the middle.
 * @param workAreas of the displays there are now
 */
export function placement(
  state: WindowState | undefined,
  workAreas: readonly Rectangle[],
): Partial<Rectangle> & { readonly width: number; readonly height: number } {
  if (!state) return USUAL;
  const { bounds } = state;
  const width = Math.max(bounds.width, SMALLEST.width);
  const height = Math.max(bounds.height, SMALLEST.height);
  const reachable = workAreas.some((area) => holdsTitleBar(area, bounds));
  return reachable ? { x: bounds.x, y: bounds.y, width, height } : { width, height };
}

/** Enough of the upper edge to take the window and move it. */
const GRIP = { width: 100, height: 32 } as const;

function holdsTitleBar(area: Rectangle, { x, y, width }: Rectangle): boolean {
  const overlap = Math.min(area.x + area.width, x + width) - Math.max(area.x, x);
  return overlap >= GRIP.width && y >= area.y && y + GRIP.height <= area.y + area.height;
}

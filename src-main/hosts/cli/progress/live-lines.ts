/**
 * Lines at the foot of a terminal that are drawn anew, one for each device; everything else that is said appears above
 * them and stays. The cursor is hidden meanwhile and comes back with {@link LiveLines.stop}, which every way out takes.
 */
import type { Output } from '../surroundings.ts';

const ESC = '\u001b[';
const HIDE_CURSOR = `${ESC}?25l`;
const SHOW_CURSOR = `${ESC}?25h`;
const CLEAR_TO_END = `${ESC}0J`;
const CLEAR_LINE = `${ESC}2K`;

export class LiveLines {
  readonly #output: Output;
  readonly #lines = new Map<string, string>();
  /** How many lines stand on the screen now. */
  #drawn = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  /** @param line no wider than the terminal */
  set(key: string, line: string): void {
    if (this.#lines.get(key) === line) return;
    this.#lines.set(key, line);
    this.#draw();
  }

  remove(key: string): void {
    if (!this.#lines.delete(key)) return;
    this.#draw();
  }

  /** Takes the lines away while `write` writes to the same terminal, and puts them back below. */
  above(write: () => void): void {
    this.#erase();
    write();
    this.#draw();
  }

  /** Nothing is drawn any more, and the cursor is back. */
  stop(): void {
    this.#lines.clear();
    this.#draw();
  }

  #draw(): void {
    if (this.#lines.size === 0) {
      this.#erase();
      return;
    }
    const start = this.#drawn === 0 ? HIDE_CURSOR : this.#toTop();
    const lines = [...this.#lines.values()].map((line) => `${CLEAR_LINE}${line}`);
    const rest = this.#drawn > lines.length ? CLEAR_TO_END : '';
    this.#output.write(`${start}${lines.join('\r\n')}${rest}`);
    this.#drawn = lines.length;
  }

  #erase(): void {
    if (this.#drawn === 0) return;
    this.#output.write(`${this.#toTop()}${CLEAR_TO_END}${SHOW_CURSOR}`);
    this.#drawn = 0;
  }

  #toTop(): string {
    return this.#drawn > 1 ? `\r${ESC}${this.#drawn - 1}A` : '\r';
  }
}

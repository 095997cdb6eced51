/** What a soak counts. */

export type Column = 'faults' | 'failures' | 'recoveries' | 'replugs';

/** Milliseconds of one update, all its tries included. */
interface Duration {
  readonly ms: number;
  readonly disturbed: boolean;
}

export class Tally {
  readonly #counts: Readonly<Record<Column, Map<string, number>>> = {
    faults: new Map(),
    failures: new Map(),
    recoveries: new Map(),
    replugs: new Map(),
  };
  readonly #durations: Duration[] = [];

  count(column: Column, what: string): void {
    const counts = this.#counts[column];
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }

  updated(ms: number, disturbed: boolean): void {
    this.#durations.push({ ms, disturbed });
  }

  get updates(): number {
    return this.#durations.length;
  }

  /**
   * How much longer an update that nothing disturbed took in the last quarter of the run than in the first one, by the
   * medians: 1 is no drift, NaN where there was none of them.
   */
  get drift(): number {
    const quarter = Math.ceil(this.#durations.length / 4);
    const median = (part: readonly Duration[]) => quantile(calm(part), 0.5);
    return median(this.#durations.slice(-quarter)) / median(this.#durations.slice(0, quarter));
  }

  lines(): string[] {
    const all = this.#durations.map(({ ms }) => ms);
    const undisturbed = calm(this.#durations);
    return [
      `updates       ${this.updates}, ${undisturbed.length} of them undisturbed`,
      ...(['faults', 'failures', 'recoveries', 'replugs'] as const).map((column) => {
        const counts = [...this.#counts[column]].sort(([a], [b]) => a.localeCompare(b));
        const total = counts.reduce((sum, [, count]) => sum + count, 0);
        const each =
          counts.length > 1 || column === 'failures' ? counts.map(([what, n]) => `${n} ${what}`) : [];
        return `${column.padEnd(13)} ${total}${each.length > 0 ? `: ${each.join(', ')}` : ''}`;
      }),
      `per update    median ${seconds(quantile(all, 0.5))}, p95 ${seconds(quantile(all, 0.95))}`,
      `undisturbed   median ${seconds(quantile(undisturbed, 0.5))}, p95 ${seconds(quantile(undisturbed, 0.95))}`,
      ...(Number.isNaN(this.drift)
        ? []
        : [`drift         × ${this.drift.toFixed(2)} from the first quarter to the last`]),
    ];
  }
}

function calm(durations: readonly Duration[]): number[] {
  return durations.filter(({ disturbed }) => !disturbed).map(({ ms }) => ms);
}

/** NaN of nothing. */
function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(2)} s`;
}

/** A page of the screens with its host, whose main thread is watched: whatever keeps it busy, a person waits for. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { z } from 'zod';
import { startHost } from '../browser/host-process.ts';

export interface WatchedPage {
  readonly page: Page;
  /**
   * Milliseconds of the longest task of the main thread while `work` is done, in processor time: browser, host and
   * devices share the machine here, and what one waits for the others is not the screens' doing.
   */
  longestTask(work: () => Promise<void>): Promise<number>;
}

/**
 * @param hostArguments gets a state folder of its own
 * @param script what is started, if it is not the loopback host itself
 */
export async function withWatchedPage<T>(
  browser: Browser,
  hostArguments: (stateFolder: string) => readonly string[],
  work: (watched: WatchedPage, address: string) => Promise<T>,
  script?: string,
): Promise<T> {
  const stateFolder = mkdtempSync(join(tmpdir(), 'stepwise-bench-'));
  const host = await startHost(hostArguments(stateFolder), script);
  const page = await browser.newPage({ viewport: { width: 960, height: 640 }, locale: 'en-GB' });
  const longestTask: WatchedPage['longestTask'] = async (inside) => {
    await browser.startTracing(page, { categories: ['toplevel'] });
    await inside();
    return longestIn(JSON.parse((await browser.stopTracing()).toString()));
  };
  try {
    return await work({ page, longestTask }, host.address);
  } finally {
    await page.close();
    await host.stop();
    rmSync(stateFolder, { recursive: true, force: true });
  }
}

/** Chromium's trace, as far as it is of interest (Trace Event Format); `tdur` is in microseconds. */
const trace = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      pid: z.int(),
      tid: z.int(),
      tdur: z.number().default(0),
      args: z.object({ name: z.string().optional() }).default({}),
    }),
  ),
});
const MICROSECONDS = 1_000;

function longestIn(recorded: unknown): number {
  const { traceEvents } = trace.parse(recorded);
  const thread = ({ pid, tid }: { readonly pid: number; readonly tid: number }) => `${pid}/${tid}`;
  const mainThreads = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
      .map(thread),
  );
  const tasks = traceEvents.filter(
    (event) => event.name.endsWith('RunTask') && mainThreads.has(thread(event)),
  );
  return tasks.reduce((longest, { tdur }) => Math.max(longest, tdur), 0) / MICROSECONDS;
}

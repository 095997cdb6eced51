import { getEventListeners } from 'node:events';
import { readdirSync } from 'node:fs';
import { memoryUsage } from 'node:process';
import { usb } from 'usb';
import { systemClock } from '../../src-main/usb/system-clock.ts';
import { collectGarbage } from '../rig/garbage.ts';

/** What this process holds on to, after it was left alone for a moment and its garbage was collected. */
export interface Footprint {
  /** Open file descriptors. */
  readonly files: number;
  /** Bytes: resident in all, with the thread of the served devices in it. */
  readonly rss: number;
  /** Bytes: objects of this thread. */
  readonly heap: number;
  /** Bytes: what stands outside of the heap, buffers included. */
  readonly external: number;
  /** Bytes. */
  readonly arrayBuffers: number;
  /** Of libusb's hotplug events, and of the signals that were given. */
  readonly listeners: number;
  /** Timers that run. */
  readonly timers: number;
}

const MB = 1024 * 1024;

/**
 * By how much a process may have grown that leaks nothing. A leak of one object of a few hundred bytes for each transfer
 * would be megabytes over a long run; RSS has the garbage of the other thread in it, which nobody collects on demand.
 */
const ALLOWANCE: Footprint = {
  files: 0,
  rss: 32 * MB,
  heap: 2 * MB,
  external: MB,
  arrayBuffers: MB,
  listeners: 0,
  timers: 0,
};

/** Detaching and closing take their time, and so do the last waits of a job. */
const REST_MS = 2_000;

/** What one collection finalises only the next one frees, and sweeping goes on beside the program. */
const COLLECTIONS = 3;
const COLLECTION_PAUSE_MS = 200;

export async function footprint(signals: readonly AbortSignal[] = []): Promise<Footprint> {
  await systemClock.sleep(REST_MS);
  for (let pass = 0; pass < COLLECTIONS; pass++) {
    collectGarbage();
    await systemClock.sleep(COLLECTION_PAUSE_MS);
  }
  const { rss, heapUsed: heap, external, arrayBuffers } = memoryUsage();
  const ofSignals = signals.map((signal) => getEventListeners(signal, 'abort').length);
  return {
    files: readdirSync('/proc/self/fd').length,
    rss,
    heap,
    external,
    arrayBuffers,
    listeners: ofSignals.reduce((a, b) => a + b, usb.listenerCount('attach') + usb.listenerCount('detach')),
    timers: process.getActiveResourcesInfo().filter((type) => type === 'Timeout').length,
  };
}

const kinds = Object.keys(ALLOWANCE) as (keyof Footprint)[];

/** What grew by more than it may, in words; empty where nothing leaks. */
export function leaks(before: Footprint, after: Footprint): string[] {
  return kinds
    .filter((kind) => after[kind] - before[kind] > ALLOWANCE[kind])
    .map((kind) => `${kind} from ${before[kind]} to ${after[kind]}`);
}

/** One line for each, for a table. */
export function compared(before: Footprint, after: Footprint): string[] {
  return kinds.map((kind) => `${kind.padEnd(13)} ${shown(before[kind])} → ${shown(after[kind])}`);
}

function shown(value: number): string {
  return value < MB ? String(value) : `${(value / MB).toFixed(1)} MB`;
}

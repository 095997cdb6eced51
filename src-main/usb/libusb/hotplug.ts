import type { NativeDevice, NativeUsb } from './native.ts';

/**
 * What is attached, and its changes. The library's events are fast but get lost: a first detach that never comes, an
 * attach missed, none at all in a container without udevd. So an event is only a hint to look at the device list at
 * once, and a slow poll looks at it anyway; what is reported is always the difference to the list seen before. That way
 * an event that is late, double or missing changes nothing but the time.
 */

const POLL_INTERVAL_MS = 1_000;

export type Change<T> = readonly [type: 'attached' | 'detached', device: T];
export type AttachmentListener<T> = (...change: Change<T>) => void;

/** @typeParam T what stands for one attachment; made once, when it is first seen */
export class Attachments<T> {
  readonly #usb: NativeUsb;
  readonly #wrap: (native: NativeDevice) => T;
  readonly #left: (device: T) => void;
  readonly #pollInterval: number;
  readonly #listeners = new Set<AttachmentListener<T>>();
  readonly #unreported: Change<T>[] = [];
  #known: ReadonlyMap<NativeDevice, T> | undefined;
  #stopWatching: (() => void) | undefined;
  #reporting = false;

  /**
   * @param left called for each attachment that has ended, before anybody is told
   * @param pollInterval milliseconds
   */
  constructor(
    usb: NativeUsb,
    wrap: (native: NativeDevice) => T,
    left: (device: T) => void,
    pollInterval = POLL_INTERVAL_MS,
  ) {
    this.#usb = usb;
    this.#wrap = wrap;
    this.#left = left;
    this.#pollInterval = pollInterval;
  }

  /**
   * What is attached now. Differences to what was seen before are reported on the way.
   * @throws what the library throws
   */
  look(): readonly T[] {
    const before = this.#known;
    const natives = this.#usb.getDeviceList();
    const now = new Map(natives.map((native) => [native, before?.get(native) ?? this.#wrap(native)]));
    this.#known = now;
    if (before) this.#compare(before, now);
    return [...now.values()];
  }

  /** Reports changes from now on, until the returned function is called. */
  subscribe(listener: AttachmentListener<T>): () => void {
    // Its own function each time: the same listener may subscribe twice.
    const entry: AttachmentListener<T> = (...change) => listener(...change);
    this.#listeners.add(entry);
    this.#stopWatching ??= this.#watch();
    return () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) this.stop();
    };
  }

  /** Ends all reports. */
  stop(): void {
    this.#listeners.clear();
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #watch(): () => void {
    const unwatch = this.#usb.watch(() => this.#lookAgain());
    const timer = setInterval(() => this.#lookAgain(), this.#pollInterval);
    timer.unref();
    // Whoever listed before subscribing is told what changed in between, but not before `subscribe` has returned.
    queueMicrotask(() => this.#lookAgain());
    return () => {
      unwatch();
      clearInterval(timer);
    };
  }

  #lookAgain(): void {
    try {
      this.look();
    } catch {
      // The list could not be read this time; the next look will show the difference.
    }
  }

  #compare(before: ReadonlyMap<NativeDevice, T>, now: ReadonlyMap<NativeDevice, T>): void {
    for (const [native, device] of before) {
      if (now.has(native)) continue;
      this.#left(device);
      this.#unreported.push(['detached', device]);
    }
    for (const [native, device] of now) {
      if (!before.has(native)) this.#unreported.push(['attached', device]);
    }
    this.#report();
  }

  /** A listener may look again by itself; what it finds is reported after what is being reported. */
  #report(): void {
    if (this.#reporting) return;
    this.#reporting = true;
    try {
      for (let change = this.#unreported.shift(); change; change = this.#unreported.shift()) {
        for (const listener of this.#listeners) listener(...change);
      }
    } finally {
      this.#reporting = false;
    }
  }
}

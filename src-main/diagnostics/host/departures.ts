/**
 * How often devices leave the bus, port by port. One that leaves again as soon as it has come, and does so repeatedly, hangs on
 * a bad cable or has too little power: no hand plugs so fast.
 */
import type { Clock } from '../../../shared/clock.ts';
import type { HostCheck } from '../../../shared/host-check.ts';
import type { UsbBus, UsbEvent } from '../../usb/port.ts';
import { advise, check } from './check.ts';

/** Milliseconds after which a departure is forgotten. */
const MEMORY_MS = 10 * 60_000;
/** A device that stayed for less has hardly come. */
const SHORT_STAY_MS = 3_000;
/** Once is a hand that changed its mind. */
const REPEATEDLY = 2;
const MINUTE_MS = 60_000;

interface Departure {
  readonly at: number;
  readonly stayed: number;
}

export class Departures {
  readonly #clock: Clock;
  readonly #began: number;
  readonly #came = new Map<string, number>();
  readonly #departures = new Map<string, Departure[]>();
  readonly #unsubscribe: () => void;

  constructor(bus: UsbBus, clock: Clock) {
    this.#clock = clock;
    this.#began = clock.now();
    this.#unsubscribe = bus.subscribe((event) => {
      this.#happened(event);
    });
  }

  close(): void {
    this.#unsubscribe();
  }

  /** Of these ports, and of others where it is bad. */
  checks(ports: readonly string[]): readonly HostCheck[] {
    const restless = [...this.#departures.keys()].filter((path) => this.#short(path) >= REPEATEDLY);
    return [...new Set([...ports, ...restless])].map((device) => this.#check(device));
  }

  #check(device: string): HostCheck {
    const minutes = Math.ceil(Math.min(MEMORY_MS, this.#clock.now() - this.#began) / MINUTE_MS);
    const times = this.#short(device);
    return times >= REPEATEDLY
      ? check(
          'dropping',
          { times, minutes },
          { device, remedies: advise('other-cable', 'other-port', 'own-supply') },
        )
      : check('steady', { times: this.#recent(device).length, minutes }, { device });
  }

  #short(path: string): number {
    return this.#recent(path).filter(({ stayed }) => stayed < SHORT_STAY_MS).length;
  }

  #recent(path: string): readonly Departure[] {
    const since = this.#clock.now() - MEMORY_MS;
    return (this.#departures.get(path) ?? []).filter(({ at }) => at >= since);
  }

  #happened({ type, device: { path } }: UsbEvent): void {
    const at = this.#clock.now();
    if (type === 'attached') {
      this.#came.set(path, at);
      return;
    }
    const stayed = at - (this.#came.get(path) ?? -Infinity);
    this.#departures.set(path, [...this.#recent(path), { at, stayed }]);
  }
}

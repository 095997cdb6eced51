/**
 * The least time an update can take on a device: what the chip needs to erase and program, and the fewest transfers the
 * protocol allows (AN3156): DNLOAD and two GETSTATUS per erase and per block, one UPLOAD per block read back, a single
 * SET_ADDRESS. No host can be faster; how close the engine comes is what the bench measures.
 */
import type { DeviceDefinition } from '../../src-main/virtual/definition.ts';
import { wireTime } from '../../src-main/virtual/timing.ts';

const COMMAND = 5;
const ERASE_COMMAND = 5;
const STATUS = 6;
const KILOBYTE = 1024;

export class Limit {
  readonly #definition: DeviceDefinition;
  readonly #block: number;

  constructor(definition: DeviceDefinition, block: number) {
    this.#definition = definition;
    this.#block = block;
  }

  /** Milliseconds for one SET_ADDRESS. */
  get address(): number {
    return this.#wire(COMMAND) + 2 * this.#wire(STATUS);
  }

  erase(sectorSizes: readonly number[]): number {
    const { erase } = this.#definition.timing;
    return sectorSizes.reduce(
      (sum, size) => sum + this.#operation(ERASE_COMMAND, erase[size] ?? Number.NaN),
      0,
    );
  }

  write(bytes: number): number {
    const program = (this.#block / KILOBYTE) * this.#definition.timing.programPerKilobyte;
    return (bytes / this.#block) * this.#operation(this.#block, program);
  }

  read(bytes: number): number {
    return Math.ceil(bytes / this.#block) * (this.#wire(this.#block) + this.#definition.timing.perUpload);
  }

  /** Some loaders answer the GETSTATUS that starts an operation when it is over, others while it goes on. */
  #operation(bytes: number, duration: number): number {
    const answersAtOnce = this.#definition.loader.whileBusy !== 'holds-first';
    const first = answersAtOnce ? Math.max(this.#wire(STATUS), duration) : this.#wire(STATUS) + duration;
    return this.#wire(bytes) + first + this.#wire(STATUS);
  }

  #wire(bytes: number): number {
    return wireTime(this.#definition.timing.usb, bytes);
  }
}

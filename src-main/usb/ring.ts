/** The last `capacity` values of a stream, oldest first. */
export class Ring<T> {
  readonly #capacity: number;
  readonly #values: T[] = [];
  #pushed = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** How many values were pushed out by newer ones. */
  get dropped(): number {
    return Math.max(0, this.#pushed - this.#capacity);
  }

  push(value: T): void {
    this.#values[this.#pushed % this.#capacity] = value;
    this.#pushed += 1;
  }

  toArray(): T[] {
    const oldest = this.dropped % this.#capacity;
    return [...this.#values.slice(oldest), ...this.#values.slice(0, oldest)];
  }
}

import type { Readable } from 'node:stream';
import { ProtocolError } from './protocol.ts';

/** Reads a stream in pieces of known length. No more than one piece and one chunk of the stream is held. */
export class ByteStream {
  readonly #chunks: AsyncIterator<unknown>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /**
   * @returns exactly `length` bytes; undefined when the stream ended before the first of them
   * @throws {ProtocolError} when it ended within them; whatever the stream failed with
   */
  async take(length: number): Promise<Buffer | undefined> {
    while (this.#rest.length < length) {
      const next = await this.#chunks.next();
      if (next.done === true || !Buffer.isBuffer(next.value)) {
        if (this.#rest.length === 0) return undefined;
        throw new ProtocolError('the connection ended within a message');
      }
      this.#rest = Buffer.concat([this.#rest, next.value]);
    }
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}

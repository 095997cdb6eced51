import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { ByteStream } from '../../src-main/virtual/usbip/byte-stream.ts';

const IMPORT = '0111800300000000';

/** The host's end of a USB/IP connection, byte by byte. */
export class UsbipClient {
  readonly socket: Socket;
  readonly #stream: ByteStream;
  #sequence = 0;

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.on('error', () => undefined);
    this.#stream = new ByteStream(this.socket);
  }

  send(...parts: (string | Buffer)[]): void {
    this.socket.write(
      Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'hex') : part))),
    );
  }

  async take(length: number): Promise<Buffer> {
    const bytes = await this.#stream.take(length);
    if (!bytes) throw new Error('the server ended the connection');
    return bytes;
  }

  /** True when the server has ended the connection without another word. */
  async ended(): Promise<boolean> {
    return (await this.#stream.take(1).catch(() => undefined)) === undefined;
  }

  async import(busId: string): Promise<{ status: number; device: Buffer | undefined }> {
    const id = Buffer.alloc(32);
    id.write(busId);
    this.send(IMPORT, id);
    const status = (await this.take(8)).readUInt32BE(4);
    return { status, device: status === 0 ? await this.take(312) : undefined };
  }

  /** @returns the sequence number */
  submit(
    setup: readonly number[],
    options: { data?: readonly number[]; length?: number; endpoint?: number } = {},
  ): number {
    const isIn = ((setup[0] ?? 0) & 0x80) !== 0;
    const wLength = (setup[6] ?? 0) | ((setup[7] ?? 0) << 8);
    const header = Buffer.alloc(48);
    header.writeUInt32BE(1, 0);
    header.writeUInt32BE(++this.#sequence, 4);
    header.writeUInt32BE(isIn ? 1 : 0, 12);
    header.writeUInt32BE(options.endpoint ?? 0, 16);
    header.writeInt32BE(options.length ?? (isIn ? wLength : (options.data?.length ?? 0)), 24);
    header.set(setup, 40);
    this.send(header, Buffer.from(options.data ?? []));
    return this.#sequence;
  }

  unlink(unlinked: number): number {
    const header = Buffer.alloc(48);
    header.writeUInt32BE(2, 0);
    header.writeUInt32BE(++this.#sequence, 4);
    header.writeUInt32BE(unlinked, 20);
    this.send(header);
    return this.#sequence;
  }

  async answer(): Promise<{ command: number; sequence: number; status: number; length: number }> {
    const header = await this.take(48);
    return {
      command: header.readUInt32BE(0),
      sequence: header.readUInt32BE(4),
      status: header.readInt32BE(20),
      length: header.readInt32BE(24),
    };
  }

  async read(setup: readonly number[]): Promise<number[]> {
    this.submit(setup);
    const { status, length } = await this.answer();
    if (status !== 0) throw new Error(`status ${status}`);
    return [...(await this.take(length))];
  }

  /** @returns the status */
  async write(setup: readonly number[], data: readonly number[] = []): Promise<number> {
    this.submit(setup, { data });
    return (await this.answer()).status;
  }
}

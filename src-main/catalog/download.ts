/**
 * A file from the repository to the disk. What came is kept when the connection breaks off, and the next try
 * asks for the rest (ranges, RFC 9110 §14; If-Range, §13.1.5, where the server names what it sends). No server has to go
 * along: whoever sends the whole again is taken at his word. Nothing of it is believed before length and SHA-256 are
 * what was signed (TUF specification §5.7.2), and only then it gets its place.
 */
import type { FetchProgress } from '../../shared/catalog.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { discard, exchange, isEntityTag, refused, tooLong, withRetries, type Network } from './fetch.ts';
import type { Files } from '../files/files.ts';
import type { Heard } from './patience.ts';
import { fileOf, isWhatWasSigned, type SignedFile } from './signed-file.ts';
import type { Answer } from './transport.ts';

export interface DownloadOptions {
  readonly network: Network;
  readonly files: Files;
  /** Of the repository, without a slash at its end. */
  readonly url: string;
  readonly file: SignedFile;
  /** Where the file gets its place; the folder is there. */
  readonly path: string;
  readonly signal: AbortSignal;
  readonly onProgress?: ((progress: FetchProgress) => void) | undefined;
}

/** @returns the bytes that were verified and now lie at `path`. @throws StepwiseError as `fetchDocument`, host-file */
export function download(options: DownloadOptions): Promise<Uint8Array> {
  const work = new Download(options);
  return withRetries(options.network, options.signal, () => work.attempt());
}

class Download {
  readonly #options: DownloadOptions;
  readonly #part: string;
  readonly #tag: string;

  constructor(options: DownloadOptions) {
    this.#options = options;
    this.#part = `${options.path}.part`;
    this.#tag = `${options.path}.tag`;
  }

  async attempt(): Promise<Uint8Array> {
    const { files, path, file } = this.#options;
    const resumed = await this.#resumable();
    if (resumed < file.bytes) await this.#request(resumed);
    const bytes = await files.read(this.#part);
    if (bytes && isWhatWasSigned(bytes, file)) {
      await files.sync(this.#part);
      await files.remove(this.#tag);
      await files.rename(this.#part, path);
      return bytes;
    }
    await files.remove(this.#part);
    // The beginning may be from another time than the end.
    if (resumed > 0) return this.attempt();
    throw new StepwiseError('not-trusted', {
      file: file.target,
      detail: `${bytes?.length ?? 0} bytes that are not the ${file.bytes} that were signed`,
    });
  }

  /** Bytes of an earlier try. */
  async #resumable(): Promise<number> {
    const { files, file } = this.#options;
    const size = (await files.size(this.#part)) ?? 0;
    if (size <= file.bytes) return size;
    await files.remove(this.#part);
    return 0;
  }

  async #request(resumed: number): Promise<void> {
    const { network, url, file, signal } = this.#options;
    const place = `${url}/targets/${fileOf(file).map(encodeURIComponent).join('/')}`;
    const headers = resumed > 0 ? await this.#rangeFrom(resumed) : {};
    await exchange(network, place, { headers, signal }, async (answer, heard) => {
      const start = await this.#startOf(answer, resumed, place);
      if (start !== undefined) await this.#append(answer, start, heard);
    });
  }

  async #rangeFrom(start: number): Promise<Record<string, string>> {
    const tag = Buffer.from((await this.#options.files.read(this.#tag)) ?? []).toString();
    return { range: `bytes=${start}-`, ...(isEntityTag(tag) && { 'if-range': tag }) };
  }

  /** Where the answer's body belongs; undefined where it is of no use, and what was there is not either. */
  async #startOf(answer: Answer, resumed: number, url: string): Promise<number | undefined> {
    const { files, file } = this.#options;
    const { status, headers } = answer;
    if (status === 206 && headers['content-range'] === rangeFrom(resumed, file.bytes)) return resumed;
    const isUnusable = resumed > 0 && (status === 206 || status === 416);
    if (isUnusable || status !== 200) await discard(answer);
    if (isUnusable) {
      await files.remove(this.#part);
      return undefined;
    }
    if (status !== 200) throw refused(url, answer);
    if (headers['content-type']?.startsWith('text/html'))
      throw new StepwiseError('not-the-repository', { url, what: 'a page in HTML instead of a file' });
    await files.remove(this.#part);
    await this.#keepTag(headers['etag']);
    return 0;
  }

  /** Only a strong one says that bytes are the same (RFC 9110 §8.8.1). */
  async #keepTag(tag: string | undefined): Promise<void> {
    const { files } = this.#options;
    if (tag?.startsWith('"')) await files.write(this.#tag, Buffer.from(tag));
    else await files.remove(this.#tag);
  }

  async #append(answer: Answer, start: number, heard: Heard): Promise<void> {
    const { files, file, onProgress } = this.#options;
    let received = start;
    for await (const chunk of answer.body) {
      heard(chunk.length);
      received += chunk.length;
      if (received > file.bytes) {
        await files.remove(this.#part);
        throw tooLong(file.target, file.bytes);
      }
      await files.append(this.#part, chunk);
      onProgress?.({ received, total: file.bytes });
    }
  }
}

/** As `Content-Range` says it (RFC 9110 §14.4). */
function rangeFrom(start: number, total: number): string {
  return `bytes ${start}-${total - 1}/${total}`;
}

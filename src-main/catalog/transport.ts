/**
 * The port to the network: one GET, one answer, as HTTP gave it (RFC 9110). Redirections are answers like any other, so
 * that the rules for them stand in one place, and nothing is decompressed, kept or repeated behind it. Node's own HTTP
 * stands behind it, Electron's in the desktop app, and in tests whoever wants to do harm.
 */

export interface Request {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Ends the request and what is still to come of the body. */
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Read once at most; throws {@link ConnectionFailed}. */
  readonly body: AsyncIterable<Uint8Array>;
}

export interface Transport {
  /** Resolves when the headers are there. @throws ConnectionFailed, or whatever `signal` was aborted with */
  get(url: string, request: Request): Promise<Answer>;
}

/** Where a connection ends that is not a good one. */
export type ConnectionFault =
  /** No way there, or it broke off. */
  | 'unreachable'
  /** The server cannot prove that it is the one. */
  | 'certificate'
  /** It can, at another time than this computer's clock shows. */
  | 'certificate-date'
  /** It can, at a later time than this computer's clock shows. */
  | 'certificate-early';

export class ConnectionFailed extends Error {
  override readonly name = 'ConnectionFailed';
  readonly fault: ConnectionFault;

  constructor(fault: ConnectionFault, detail: string, cause?: unknown) {
    super(detail, { cause });
    this.fault = fault;
  }
}

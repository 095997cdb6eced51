/**
 * A key that never comes into this program: in a hardware token, or with a cloud's key service. A command is given the
 * bytes on its standard input and gives the signature on its standard output: 64 bytes, or those in hexadecimal or base64.
 */
import { spawn } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { StepwiseError } from '../../../shared/failure.ts';
import type { PublicKey, Signer } from './ed25519.ts';

const SIGNATURE_BYTES = 64;
/** Much more than any signature in any notation. */
const MOST_OUTPUT = 64 * 1024;

/** No shell: what the command is was said word for word. @throws host-file where the command fails or signs wrongly */
export function externalSigner(key: PublicKey, [program = '', ...args]: readonly string[]): Signer {
  const failed = (detail: string, cause?: unknown) =>
    new StepwiseError('host-file', { path: program, operation: 'run', detail }, { cause });
  return {
    key,
    async sign(bytes) {
      const signature = signatureIn(await output(program, args, bytes, failed));
      if (!signature || !isBy(key, bytes, signature))
        throw failed(`what it gave is no signature of key ${key.id.slice(0, 8)}`);
      return signature;
    },
  };
}

function output(
  program: string,
  args: readonly string[],
  input: Uint8Array,
  failed: (detail: string, cause?: unknown) => StepwiseError,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // It may have to ask for a PIN: the terminal stays its own for that.
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const pieces: Buffer[] = [];
    let length = 0;
    child.stdout.on('data', (piece: Buffer) => {
      pieces.push(piece);
      length += piece.length;
      if (length > MOST_OUTPUT) child.kill();
    });
    // A command that does not read to the end has its reasons; what it says decides.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => reject(failed(error.message, error)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(Buffer.concat(pieces));
      else reject(failed(signal ? `it was ended by ${signal}` : `it ended with exit code ${code ?? -1}`));
    });
    child.stdin.end(input);
  });
}

function signatureIn(given: Buffer): Uint8Array | undefined {
  if (given.length === SIGNATURE_BYTES) return new Uint8Array(given);
  const text = given.toString('latin1').trim();
  if (/^[0-9a-f]{128}$/i.test(text)) return new Uint8Array(Buffer.from(text, 'hex'));
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === SIGNATURE_BYTES ? new Uint8Array(decoded) : undefined;
}

function isBy({ point }: PublicKey, bytes: Uint8Array, signature: Uint8Array): boolean {
  const x = Buffer.from(point, 'hex').toString('base64url');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  return verify(null, bytes, key, signature);
}

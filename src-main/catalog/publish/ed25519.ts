/**
 * Ed25519 keys (RFC 8032) as TUF names them: by the SHA-256 of the canonical form of the public part, so that two people
 * who speak of a key cannot mean different ones (TUF specification §4.2).
 */
import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import { canonicalize } from '@tufjs/canonical-json';

/** The public part. */
export interface PublicKey {
  /** 64 hexadecimal digits. */
  readonly id: string;
  /** The point, 64 hexadecimal digits. */
  readonly point: string;
}

/** Whatever can sign: a key in this program, or one that never leaves its hardware. */
export interface Signer {
  readonly key: PublicKey;
  /** @returns 64 bytes */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** PKCS#8 (RFC 8410 §7) of a private key, up to its 32 bytes. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');
const POINT = /^[0-9a-f]{64}$/;

/** A key as root.json carries it. */
export function keyDocument(point: string) {
  return { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: point } };
}

/** @throws RangeError where `point` is not 64 hexadecimal digits */
export function publicKey(point: string): PublicKey {
  if (!POINT.test(point)) throw new RangeError('a public key is 64 hexadecimal digits');
  return {
    point,
    id: createHash('sha256')
      .update(canonicalize(keyDocument(point)))
      .digest('hex'),
  };
}

export function publicPart(secret: KeyObject): PublicKey {
  const { x = '' } = createPublicKey(secret).export({ format: 'jwk' });
  return publicKey(Buffer.from(x, 'base64url').toString('hex'));
}

export function signerOf(secret: KeyObject): Signer {
  return {
    key: publicPart(secret),
    sign: (bytes) => Promise.resolve(new Uint8Array(sign(null, bytes, secret))),
  };
}

/** The key of these 32 bytes, always the same. */
export function signerFromSeed(seed: Uint8Array): Signer {
  const der = Buffer.concat([PKCS8_PREFIX, seed]);
  return signerOf(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' }));
}

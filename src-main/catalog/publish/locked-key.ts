/**
 * A private key behind a pass phrase: PKCS#8 under AES-256-GCM, with a key that scrypt (RFC 7914) made of the pass phrase.
 * Everything it takes to open it, but the pass phrase, is in the box; that is bound to the key's name by GCM's tag.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { z } from 'zod';

const base64 = z.base64();

/** Cost of scrypt: blocks of 128·r bytes; N = 2¹⁷ and r = 8 take 128 MiB and some tenths of a second. */
export const DEFAULT_COST = 2 ** 17;
const LEAST_COST = 2;
/** What a file may ask of this computer: a gibibyte. */
const HIGHEST_COST = 2 ** 20;
const BLOCK_SIZE = 8;
/** What OpenSSL takes beside the N blocks, generously. */
const SCRATCH_BLOCKS = 64;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** NIST SP 800-38D §5.2.1.1. */
const IV_BYTES = 12;

export const lockedBox = z
  .object({
    kdf: z
      .object({
        name: z.literal('scrypt'),
        N: z.int().min(LEAST_COST).max(HIGHEST_COST),
        r: z.literal(BLOCK_SIZE),
        p: z.literal(1),
        salt: base64,
      })
      .readonly(),
    cipher: z.object({ name: z.literal('aes-256-gcm'), iv: base64, tag: base64 }).readonly(),
    content: base64,
  })
  .readonly();
export type LockedBox = z.infer<typeof lockedBox>;

/** @param name what the box is for; it opens for nothing else */
export async function lock(
  content: Uint8Array,
  passphrase: string,
  name: string,
  cost = DEFAULT_COST,
): Promise<LockedBox> {
  const [salt, iv] = [randomBytes(SALT_BYTES), randomBytes(IV_BYTES)];
  const cipher = createCipheriv('aes-256-gcm', await keyFrom(passphrase, salt, cost), iv);
  cipher.setAAD(Buffer.from(name));
  const hidden = Buffer.concat([cipher.update(content), cipher.final()]);
  return {
    kdf: { name: 'scrypt', N: cost, r: BLOCK_SIZE, p: 1, salt: salt.toString('base64') },
    cipher: {
      name: 'aes-256-gcm',
      iv: iv.toString('base64'),
      tag: cipher.getAuthTag().toString('base64'),
    },
    content: hidden.toString('base64'),
  };
}

/** Undefined where the pass phrase is another one, or the box was changed: nobody can tell which. */
export async function unlock(
  { kdf, cipher, content }: LockedBox,
  passphrase: string,
  name: string,
): Promise<Buffer | undefined> {
  const key = await keyFrom(passphrase, Buffer.from(kdf.salt, 'base64'), kdf.N);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(cipher.iv, 'base64'), {
      authTagLength: 16,
    });
    decipher.setAAD(Buffer.from(name));
    decipher.setAuthTag(Buffer.from(cipher.tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(content, 'base64')), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** The same pass phrase typed on another keyboard may be composed in another way (Unicode, normal form C). */
function keyFrom(passphrase: string, salt: Buffer, cost: number): Promise<Buffer> {
  const maxmem = 128 * BLOCK_SIZE * (cost + SCRATCH_BLOCKS);
  return new Promise((resolve, reject) => {
    scrypt(
      passphrase.normalize('NFC'),
      salt,
      KEY_BYTES,
      { N: cost, r: BLOCK_SIZE, p: 1, maxmem },
      (error, key) => {
        if (error) reject(error);
        else resolve(key);
      },
    );
  });
}

/**
 * The folder with one person's or one machine's keys. A key is two files: `NAME.public.json`, which anybody may have, and
 * `NAME.private.json`, which nobody else may read and which never goes near the repository. Where the private part is a
 * command to run, that stands here as well and not in what people share: nobody signs by running what another one wrote.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdir, open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { StepwiseError } from '../../../shared/failure.ts';
import { keyDocument, publicKey, publicPart, signerOf, type PublicKey, type Signer } from './ed25519.ts';
import { externalSigner } from './external-signer.ts';
import { DEFAULT_COST, lock, lockedBox, unlock } from './locked-key.ts';

/** A key with the name people call it by. */
export interface NamedKey extends PublicKey {
  readonly name: string;
}

const keyName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/i);
const publicFile = z.object({
  name: keyName,
  keyval: z.object({ public: z.string().regex(/^[0-9a-f]{64}$/) }),
});
const privateFile = z.object({
  name: keyName,
  secret: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('locked'), ...lockedBox.unwrap().shape }),
    z.object({ kind: z.literal('open'), content: z.base64() }),
    z.object({ kind: z.literal('command'), command: z.array(z.string()).min(1) }),
  ]),
});
type Secret = z.infer<typeof privateFile>['secret'];

/** Asked for the pass phrase of a key; undefined where nobody gives it. */
export type AskPassphrase = (name: string) => Promise<string | undefined>;

/** Only the person who has the key may read it. */
const OWNER_ONLY = 0o600;
const FOLDER_OWNER_ONLY = 0o700;
const ANYBODY = 0o644;

export class KeyFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** A new key. @throws usage where the name is taken or none. @throws host-file */
  async generate(
    name: string,
    passphrase: string | undefined,
    { cost = DEFAULT_COST, secret = generateKeyPairSync('ed25519').privateKey } = {},
  ): Promise<NamedKey> {
    const content = secret.export({ format: 'der', type: 'pkcs8' });
    const hidden: Secret =
      passphrase === undefined
        ? { kind: 'open', content: content.toString('base64') }
        : { kind: 'locked', ...(await lock(content, passphrase, name, cost)) };
    return this.#keep({ name, ...publicPart(secret) }, hidden);
  }

  /** A key that signs by running a command. @throws usage, host-file */
  async addCommand(name: string, key: PublicKey, command: readonly string[]): Promise<NamedKey> {
    return this.#keep({ name, ...key }, { kind: 'command', command: [...command] });
  }

  /** The keys whose private part is here. @throws host-file */
  async list(): Promise<readonly NamedKey[]> {
    const names = await readdir(this.path).catch(() => []);
    const here = names.filter((name) => name.endsWith('.private.json')).sort();
    return Promise.all(
      here.map((name) => readPublicKey(this.#public(name.slice(0, -'.private.json'.length)))),
    );
  }

  /**
   * Undefined where the key is not here, or nobody gives its pass phrase.
   * @throws usage where the pass phrase does not fit. @throws host-file
   */
  async signer({ id }: PublicKey, ask: AskPassphrase): Promise<Signer | undefined> {
    const key = (await this.list()).find((each) => each.id === id);
    if (!key) return undefined;
    const path = this.#private(key.name);
    const { secret } = parsed(privateFile, path, await readFile(path, 'utf8').catch(unreadable(path)));
    if (secret.kind === 'command') return externalSigner(key, secret.command);
    if (secret.kind === 'open') return signerOf(keyObject(Buffer.from(secret.content, 'base64')));
    const passphrase = await ask(key.name);
    if (passphrase === undefined) return undefined;
    const content = await unlock(secret, passphrase, key.name);
    if (!content) throw usage(`The pass phrase does not open the key ${key.name}.`);
    return signerOf(keyObject(content));
  }

  async #keep(key: NamedKey, secret: Secret): Promise<NamedKey> {
    const { name, point } = key;
    if (!keyName.safeParse(name).success)
      throw usage(`${name} is no name for a key: letters, digits, dots and dashes are.`);
    await mkdir(this.path, { recursive: true, mode: FOLDER_OWNER_ONLY }).catch(unwritable(this.path));
    await this.#write(this.#private(name), { name, secret }, OWNER_ONLY);
    await this.#write(this.#public(name), { name, ...keyDocument(point) }, ANYBODY);
    return key;
  }

  /** A key is never written over: it may be the only one there is. */
  async #write(path: string, content: object, mode: number): Promise<void> {
    const handle = await open(path, 'wx', mode).catch(unwritable(path));
    try {
      await handle.writeFile(`${JSON.stringify(content, null, 2)}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  #public(name: string): string {
    return join(this.path, `${name}.public.json`);
  }

  #private(name: string): string {
    return join(this.path, `${name}.private.json`);
  }
}

/** @throws usage where the file is none of a public key. @throws host-file */
export async function readPublicKey(path: string): Promise<NamedKey> {
  const text = await readFile(path, 'utf8').catch(unreadable(path));
  const { name, keyval } = parsed(publicFile, path, text);
  return { name, ...publicKey(keyval.public) };
}

/** Of 64 hexadecimal digits or of PEM (RFC 8410). @throws usage */
export function publicKeyFrom(text: string): PublicKey {
  if (/^[0-9a-f]{64}$/i.test(text.trim())) return publicKey(text.trim().toLowerCase());
  try {
    const { x = '', crv } = createPublicKey(text).export({ format: 'jwk' });
    if (crv === 'Ed25519') return publicKey(Buffer.from(x, 'base64url').toString('hex'));
  } catch {
    // Said below.
  }
  throw usage('A public key is 64 hexadecimal digits, or a PEM file of an Ed25519 key.');
}

function keyObject(content: Buffer): KeyObject {
  return createPrivateKey({ key: content, format: 'der', type: 'pkcs8' });
}

function parsed<T extends z.ZodType>(schema: T, path: string, text: string): z.infer<T> {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw usage(`${path} is no key file of Stepwise.`, cause);
  }
}

function usage(problem: string, cause?: unknown): StepwiseError {
  return new StepwiseError('usage', { problem }, { cause });
}

const unreadable = (path: string) => (cause: unknown) => hostFile(path, 'read', cause);
const unwritable = (path: string) => (cause: unknown) => {
  if (cause instanceof Error && 'code' in cause && cause.code === 'EEXIST')
    throw usage(`${path} is there already; a key is never replaced. Choose another name.`);
  return hostFile(path, 'write', cause);
};

function hostFile(path: string, operation: string, cause: unknown): never {
  const detail = cause instanceof Error ? cause.message : String(cause);
  throw new StepwiseError('host-file', { path, operation, detail }, { cause });
}

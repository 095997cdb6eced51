import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rejection } from '../../../test/rig/in-time.ts';
import { signerFromSeed } from './ed25519.ts';
import { KeyFolder, publicKeyFrom, readPublicKey } from './key-folder.ts';
import { DEFAULT_COST } from './locked-key.ts';

/** As little work as scrypt can do. */
const cost = 2;
const BYTES = new TextEncoder().encode('to be signed');
const nobody = () => Promise.reject(new Error('nobody was to be asked'));
const saying = (passphrase: string | undefined) => () => Promise.resolve(passphrase);

let folder: string;
let keys: KeyFolder;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepwise-keys-'));
  keys = new KeyFolder(join(folder, 'keys'));
});
afterEach(() => rm(folder, { recursive: true }));

const fileOf = (name: string) => join(keys.path, name);
const mode = async (name: string) => (await stat(fileOf(name))).mode & 0o777;

describe('a key with a pass phrase', () => {
  it('signs for whoever knows it', async () => {
    const key = await keys.generate('root', 'correct horse', { cost });
    const signer = await keys.signer(key, saying('correct horse'));
    expect(await signer?.sign(BYTES)).toHaveLength(64);
    expect(signer?.key.id).toBe(key.id);
  });

  it('is opened by the same pass phrase however its letters were composed', async () => {
    const key = await keys.generate('root', 'Schlu\u0308ssel', { cost });
    expect(await keys.signer(key, saying('Schl\u00fcssel'))).toBeDefined();
  });

  it('does not open for another one, nor when its file was changed', async () => {
    const key = await keys.generate('root', 'correct horse', { cost });
    expect(await rejection(keys.signer(key, saying('wrong')))).toMatchObject({ code: 'usage' });
    const path = fileOf('root.private.json');
    const text = await readFile(path, 'utf8');
    await writeFile(
      path,
      text.replace(/"content": "./, (start) => start.slice(0, -1) + (start.endsWith('A') ? 'B' : 'A')),
    );
    expect(await rejection(keys.signer(key, saying('correct horse')))).toMatchObject({ code: 'usage' });
  });

  it('is not there while nobody says it', async () => {
    const key = await keys.generate('root', 'correct horse', { cost });
    expect(await keys.signer(key, saying(undefined))).toBeUndefined();
  });

  it('shows neither the pass phrase nor the key, and says how it is locked', async () => {
    const secret = signerFromSeed(new Uint8Array(32).fill(7)).key.point;
    const { point } = await keys.generate('root', 'correct horse', { cost });
    const text = await readFile(fileOf('root.private.json'), 'utf8');
    expect(text).not.toMatch(/correct|horse/);
    expect(text).not.toContain(secret);
    expect(JSON.parse(text)).toMatchObject({
      secret: { kdf: { name: 'scrypt', N: cost, r: 8, p: 1 }, cipher: { name: 'aes-256-gcm' } },
    });
    expect(await readFile(fileOf('root.public.json'), 'utf8')).toContain(point);
  });

  it.runIf(process.platform !== 'win32')('is for its owner alone', async () => {
    await keys.generate('root', 'correct horse', { cost });
    expect([await mode('root.private.json'), await mode('')]).toEqual([0o600, 0o700]);
  });

  it('asks for as much work as a file may: a changed file cannot ask for more', async () => {
    const key = await keys.generate('root', 'correct horse', { cost });
    const path = fileOf('root.private.json');
    await writeFile(path, (await readFile(path, 'utf8')).replace('"N": 2', `"N": ${2 ** 30}`));
    expect(await rejection(keys.signer(key, saying('correct horse')))).toMatchObject({ code: 'usage' });
  });
});

it('guessing a pass phrase costs a tenth of a second and 128 MiB for each guess, unless a test wants it otherwise', () => {
  expect(DEFAULT_COST).toBeGreaterThanOrEqual(2 ** 17);
});

describe('a key without a pass phrase', () => {
  it('signs without a question', async () => {
    const key = await keys.generate('timestamp', undefined);
    expect(await (await keys.signer(key, nobody))?.sign(BYTES)).toHaveLength(64);
  });
});

describe('a key folder', () => {
  it('lists the keys it can sign with, and knows no others', async () => {
    const key = await keys.generate('timestamp', undefined);
    expect(await keys.list()).toEqual([key]);
    expect(await keys.signer(signerFromSeed(new Uint8Array(32)).key, nobody)).toBeUndefined();
    expect(await new KeyFolder(join(folder, 'none')).list()).toEqual([]);
  });

  it('replaces no key, and takes no path for a name', async () => {
    await keys.generate('root', undefined);
    for (const name of ['root', '../root', '', '.root'])
      expect(await rejection(keys.generate(name, undefined))).toMatchObject({ code: 'usage' });
  });
});

describe('a public key', () => {
  it('is read from its file, from digits and from PEM', async () => {
    const key = await keys.generate('root', undefined);
    expect(await readPublicKey(fileOf('root.public.json'))).toEqual(key);
    expect(publicKeyFrom(key.point)).toEqual({ id: key.id, point: key.point });
    const der = Buffer.concat([
      Buffer.from('302a300506032b6570032100', 'hex'),
      Buffer.from(key.point, 'hex'),
    ]);
    const pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`;
    expect(publicKeyFrom(pem).id).toBe(key.id);
  });

  it('is not taken from anything else', async () => {
    expect(() => publicKeyFrom('something')).toThrow();
    expect(await rejection(readPublicKey(join(folder, 'missing')))).toMatchObject({ code: 'host-file' });
  });
});

describe('a key behind a command', () => {
  /** Signs as a token would: the bytes come in, the signature goes out. */
  const script = (encoding: string) => `
    const { createPrivateKey, sign } = require('node:crypto');
    const der = Buffer.from('302e020100300506032b657004220420' + '09'.repeat(32), 'hex');
    const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
    const bytes = require('node:fs').readFileSync(0);
    process.stdout.write(sign(null, bytes, key)${encoding});`;
  const { key } = signerFromSeed(new Uint8Array(32).fill(9));
  const command = (code: string) => [process.execPath, '-e', code];

  it.each([[''], [".toString('hex')"], [".toString('base64') + '\\n'"]])(
    'signs, whatever the notation (%s)',
    async (encoding) => {
      const added = await keys.addCommand('token', key, command(script(encoding)));
      expect(await (await keys.signer(added, nobody))?.sign(BYTES)).toHaveLength(64);
    },
  );

  it.each([
    ['ends badly', 'process.exit(3)', 'exit code 3'],
    ['signs with another key', script('').replace('09', '08'), 'no signature of key'],
    ['says something else', 'console.log("no")', 'no signature of key'],
  ])('that %s is a failure', async (_name, code, detail) => {
    const added = await keys.addCommand('token', key, command(code));
    const signer = await keys.signer(added, nobody);
    expect(await rejection(signer?.sign(BYTES) ?? Promise.resolve())).toMatchObject({
      code: 'host-file',
      facts: { detail: expect.stringContaining(detail) as unknown },
    });
  });

  it('that does not exist is a failure', async () => {
    const added = await keys.addCommand('token', key, ['/no/such/program']);
    const signer = await keys.signer(added, nobody);
    expect(await rejection(signer?.sign(BYTES) ?? Promise.resolve())).toMatchObject({ code: 'host-file' });
  });
});

import { createHash, verify } from 'node:crypto';
import { canonicalize } from '@tufjs/canonical-json';
import { Metadata, MetadataKind } from '@tufjs/models';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyDocument, publicKey, signerFromSeed } from './ed25519.ts';
import {
  bytesToSign,
  encode,
  makeRoot,
  makeSnapshot,
  makeTargets,
  makeTimestamp,
  sign,
  signersAmong,
  type Roles,
} from './metadata.ts';

const signer = (seed: number) => signerFromSeed(new Uint8Array(32).fill(seed));
const [a, b, c] = [signer(1), signer(2), signer(3)];
const roles: Roles = {
  root: { keys: [a.key, b.key], threshold: 2 },
  targets: { keys: [b.key], threshold: 1 },
  snapshot: { keys: [c.key], threshold: 1 },
  timestamp: { keys: [c.key], threshold: 1 },
};
const edition = { version: 1, expires: '2027-01-31T12:00:00.000Z' };
const root = () => makeRoot({ ...edition, roles });
const parsed = (bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as Record<string, unknown>;

describe('a key', () => {
  it('is named by the hash of its canonical form', () => {
    const { id, point } = a.key;
    expect(id).toBe(
      createHash('sha256')
        .update(canonicalize(keyDocument(point)))
        .digest('hex'),
    );
    expect(publicKey(point)).toEqual(a.key);
  });

  it('of a seed is that of RFC 8032, test 1', () => {
    const seed = Buffer.from('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60', 'hex');
    expect(signerFromSeed(seed).key.point).toBe(
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    );
  });

  it('is not taken for one where it is something else', () => {
    expect(() => publicKey('not a key')).toThrow(RangeError);
  });
});

describe('a document', () => {
  it('carries its keys, roles and thresholds, and the time as the specification writes it', () => {
    expect(root().toJSON()).toMatchObject({
      signed: {
        _type: 'root',
        consistent_snapshot: true,
        expires: '2027-01-31T12:00:00Z',
        keys: { [a.key.id]: keyDocument(a.key.point) },
        roles: { root: { keyids: [a.key.id, b.key.id], threshold: 2 } },
      },
    });
  });

  it('is delegated to only with as many good signatures as the threshold asks for', async () => {
    const once = await sign(root(), [a]);
    expect(() => once.verifyDelegate('root', once)).toThrow();
    const twice = await sign(once, [b]);
    expect(() => twice.verifyDelegate('root', twice)).not.toThrow();
  });

  it('tells whose signatures are good', async () => {
    const document = await sign(root(), [a, c]);
    const [other] = Object.values((await sign(makeRoot({ ...edition, version: 2, roles }), [b])).signatures);
    if (other) document.signatures[other.keyID] = other;
    expect(signersAmong(document, [a.key, b.key])).toEqual([a.key]);
  });

  it('is the same bytes in whatever order its parts came', async () => {
    const target = (path: string) => ({ path, length: 1, sha256: '00', custom: { b: 1, a: [undefined, 2] } });
    const one = makeTargets({ ...edition, targets: [target('x/a'), target('x/b')] });
    const other = makeTargets({ ...edition, targets: [target('x/b'), target('x/a')] });
    expect(encode(await sign(one, [a, b]))).toEqual(encode(await sign(other, [b, a])));
  });

  it('vouches for the one below by version, length and hash', () => {
    const bytes = encode(makeTargets({ ...edition, targets: [] }));
    const described = {
      version: 4,
      length: bytes.length,
      hashes: { sha256: createHash('sha256').update(bytes).digest('hex') },
    };
    expect(makeSnapshot({ ...edition, targets: { version: 4, bytes } }).toJSON()).toMatchObject({
      signed: { meta: { 'targets.json': described } },
    });
    expect(makeTimestamp({ ...edition, snapshot: { version: 4, bytes } }).toJSON()).toMatchObject({
      signed: { meta: { 'snapshot.json': described } },
    });
  });

  it('is signed so that it still holds when it was written and read, whatever is said in it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ unit: 'binary' }), {
          maxKeys: 5,
        }),
        async (notes) => {
          const target = { path: 'x/a', length: 1, sha256: '00', custom: { notes } };
          const document = await sign(makeTargets({ ...edition, targets: [target] }), [a]);
          const read = Metadata.fromJSON(
            MetadataKind.Targets,
            parsed(encode(document)) as Parameters<typeof Metadata.fromJSON>[1],
          );
          expect(signersAmong(read, [a.key])).toEqual([a.key]);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('is signed over its canonical form', async () => {
    const document = await sign(root(), [a]);
    const key = {
      key: { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(a.key.point, 'hex').toString('base64url') },
    };
    const signature = Buffer.from(document.signatures[a.key.id]?.sig ?? '', 'hex');
    expect(verify(null, bytesToSign(document), { ...key, format: 'jwk' }, signature)).toBe(true);
  });
});

/**
 * What was made here is looked at by others' code, and the other way round. `bare-tuf-client.ts` (sign.test.ts) is tuf-js
 * without anything of ours; but it is the library our own client builds on. securesystemslib is another implementation,
 * in another language, of keys, canonical JSON and signatures. @tufjs/repo-mock makes a repository with code of its own.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initializeTUFRepo } from '@tufjs/repo-mock';
import { describe, expect, it } from 'vitest';
import { mayMiss } from '../../../test/rig/peers.ts';
import { systemClock } from '../../usb/system-clock.ts';
import { memoryFiles } from '../../files/memory-files.ts';
import { signerFromSeed } from './ed25519.ts';
import { checkRepository } from './check.ts';
import { FOLDER_URL, folderTransport } from './folder-transport.ts';
import { encode, makeRoot, makeTargets, sign } from './metadata.ts';

/** Debian's python3-securesystemslib is for the python3 of the system. */
const PYTHON = '/usr/bin/python3';

const reasonNot = (() => {
  const { status, error } = spawnSync(PYTHON, ['-c', 'import securesystemslib, nacl'], { stdio: 'ignore' });
  if (error) return 'there is no python3';
  return status === 0 ? undefined : 'python3-securesystemslib or python3-nacl is not installed';
})();

const VERIFIER = `
import json, sys
from securesystemslib import formats, keys
for path in sys.argv[1:]:
    document = json.load(open(path))
    root = json.load(open(sys.argv[1]))['signed']
    signed = formats.encode_canonical(document['signed']).encode('utf-8')
    for signature in document['signatures']:
        key = dict(root['keys'][signature['keyid']], keyid=signature['keyid'])
        canonical = formats.encode_canonical(root['keys'][signature['keyid']]).encode('utf-8')
        import hashlib
        assert hashlib.sha256(canonical).hexdigest() == signature['keyid'], 'key ID'
        assert keys.verify_signature(key, signature, signed), 'signature'
        assert not keys.verify_signature(key, signature, signed + b' '), 'any signature'
        print('good')
`;

describe('python3-securesystemslib', () => {
  it.skipIf(mayMiss(reasonNot))(
    `finds our key IDs, canonical JSON and signatures right${reasonNot === undefined ? '' : ` (${reasonNot})`}`,
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'stepwise-python-'));
      try {
        const signers = [1, 2].map((seed) => signerFromSeed(new Uint8Array(32).fill(seed)));
        const role = { keys: signers.map(({ key }) => key), threshold: 2 };
        const edition = { version: 3, expires: '2030-01-01T00:00:00Z' };
        const root = makeRoot({
          ...edition,
          roles: { root: role, targets: role, snapshot: role, timestamp: role },
        });
        const custom = {
          notes: { en: 'Quoted "words", a \\ and\nlines', ja: '更新 🎛', de: 'größer' },
          rollout: 7,
        };
        const targets = makeTargets({
          ...edition,
          targets: [{ path: 'airmeter/airmeter-1.0.0.dfu', length: 5, sha256: 'ab'.repeat(32), custom }],
        });
        const paths = [];
        for (const document of [root, targets]) {
          const path = join(folder, `${document.signed.type}.json`);
          writeFileSync(path, encode(await sign(document, signers)));
          paths.push(path);
        }
        const said = execFileSync(PYTHON, ['-c', VERIFIER, ...paths], { encoding: 'utf8' });
        expect(said.trim().split('\n')).toEqual(['good', 'good', 'good', 'good']);
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe('a repository of @tufjs/repo-mock', () => {
  it('is taken by our client: ECDSA keys, PEM, file names without versions', async () => {
    const content = Buffer.from('firmware');
    const made = initializeTUFRepo([{ name: 'airmeter/app.dfu', content }]);
    const text = (meta: { toJSON(): unknown }) => Buffer.from(JSON.stringify(meta.toJSON()));
    const files = memoryFiles(
      new Map([
        ['/r/metadata/1.root.json', text(made.rootMeta)],
        ['/r/metadata/timestamp.json', text(made.timestampMeta)],
        ['/r/metadata/snapshot.json', text(made.snapshotMeta)],
        ['/r/metadata/targets.json', text(made.targetsMeta)],
      ]),
    );
    const checked = await checkRepository({
      network: { transport: folderTransport(files, '/r'), clock: systemClock, random: () => 0 },
      url: FOLDER_URL,
      root: text(made.rootMeta),
      now: new Date().toISOString(),
      signal: new AbortController().signal,
    });
    expect(checked.expiry.map(({ name }) => name)).toEqual(['root', 'timestamp', 'snapshot', 'targets']);
    // Signed, but no release of ours: it says nothing of the hardware it fits.
    expect(checked.leftOut).toMatchObject([{ target: 'airmeter/app.dfu' }]);
  });
});

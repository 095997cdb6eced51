import { describe, expect, it } from 'vitest';
import { releaseOf } from '../../test/catalog/maker.ts';
import type { Release } from '../../shared/release.ts';
import { ReleaseCache } from './cache.ts';
import type { CatalogRelease } from './choose.ts';
import { memoryFiles } from '../files/memory-files.ts';
import { sha256 } from './publish/metadata.ts';

const FOLDER = '/releases';

function setup(capacity: number) {
  const disk = new Map<string, Uint8Array>();
  const cache = new ReleaseCache({ files: memoryFiles(disk), folder: FOLDER, capacity });
  const offered: CatalogRelease[] = [];
  /** Of 100 bytes, fetched, and used now. */
  const fetched = async (version: string, changes: Partial<Release> = {}) => {
    const bytes = Buffer.alloc(100, version);
    const hash = sha256(bytes);
    disk.set(`${FOLDER}/${hash}`, bytes);
    const release = { target: version, release: releaseOf(version, changes), bytes: 100, sha256: hash };
    offered.push(release);
    await cache.used(release);
    return release;
  };
  const left = async () => {
    await cache.tidy(offered);
    const here: string[] = [];
    for (const each of offered) if (await cache.has(each)) here.push(each.release.version);
    return here;
  };
  return { cache, disk, offered, fetched, left };
}

describe('the cache', () => {
  it('leaves everything where there is room', async () => {
    const { fetched, left } = setup(300);
    for (const version of ['1.0.0', '1.1.0', '1.2.0']) await fetched(version);
    expect(await left()).toEqual(['1.0.0', '1.1.0', '1.2.0']);
  });

  it('lets go what was used least recently', async () => {
    const { cache, fetched, left } = setup(250);
    const first = await fetched('1.0.0');
    for (const version of ['1.1.0', '1.2.0']) await fetched(version);
    await cache.used(first);
    expect(await left()).toEqual(['1.0.0', '1.2.0']);
  });

  it('lets go first what is not offered any more, and what is left of downloads of it', async () => {
    const { disk, offered, fetched, left } = setup(150);
    await fetched('1.0.0');
    await fetched('1.1.0');
    offered.pop();
    disk.set(`${FOLDER}/${'0'.repeat(64)}.part`, new Uint8Array(50));
    expect(await left()).toEqual(['1.0.0']);
    expect([...disk.keys()].filter((path) => !path.endsWith('.json'))).toHaveLength(1);
  });

  it('keeps the newest good release of each product and channel, however little room there is', async () => {
    const { fetched, left } = setup(0);
    await fetched('2.0.0');
    await fetched('1.0.0');
    await fetched('3.0.0', { withdrawn: { en: 'It forgets its settings.' } });
    await fetched('2.1.0-beta.1', { channel: 'beta' });
    await fetched('0.9.0', { fits: { products: ['ovencontrol'], chips: [] } });
    expect(await left()).toEqual(['2.0.0', '2.1.0-beta.1', '0.9.0']);
  });

  it('does without its order where that is damaged', async () => {
    const { disk, fetched, left } = setup(100);
    await fetched('1.0.0');
    await fetched('1.1.0');
    disk.set(`${FOLDER}/used.json`, Buffer.from('[1'));
    expect(await left()).toEqual(['1.1.0']);
  });
});

/** A computer may lose its power at any step. What it finds when it starts again is right, or as good as nothing. */
import { describe, expect, it } from 'vitest';
import { CatalogRig, FOLDER, firmware, versionsOf } from '../../test/catalog/catalog-rig.ts';
import { alone } from '../../test/catalog/maker.ts';
import { MortalFiles, PowerLoss } from '../../test/rig/mortal-files.ts';
import type { Catalog } from './catalog.ts';

const OLD = Buffer.from(firmware(3_000));
const NEW = Buffer.from(firmware(3_000, 2));

/** A client that has 1.0.0, a maker that has changed his keys and released 2.0.0, and an older state for who rolls back. */
async function situation() {
  const rig = await CatalogRig.start();
  rig.server.chunk = 1_000;
  const files = new MortalFiles();
  const old = await rig.maker.release('1.0.0', OLD);
  const before = await rig.open({ files, capacity: 4_000 });
  await before.check();
  await before.fetch(old);
  const outdated = rig.maker.fork().files;
  await rig.maker.publishRoot({ timestamp: alone(50), snapshot: alone(51) });
  const target = await rig.maker.release('2.0.0', NEW);
  return { rig, files, outdated, old, target };
}

/** Start, check and fetch, as far as it comes. */
async function session(catalog: Catalog, target: string): Promise<void> {
  await catalog.check();
  await catalog.fetch(target);
}

describe('after a loss of power', () => {
  it('at any step of a session the next one has the right releases, the right bytes, and nothing older', async () => {
    const { rig, files, outdated, old, target } = await situation();
    const counting = new MortalFiles(files.content);
    await session(await rig.open({ files: counting, capacity: 4_000 }), target);
    expect(counting.steps).toBeGreaterThan(10);

    for (let step = 1; step <= counting.steps; step++) {
      const dying = new MortalFiles(files.content, step);
      const doomed = await rig.open({ files: dying, capacity: 4_000 });
      await expect(session(doomed, target), `step ${step}`).rejects.toThrow();

      const disk = new MortalFiles(dying.content);
      const offline = await rig.open({
        files: disk,
        transport: { get: () => Promise.reject(new PowerLoss('no network either')) },
      });
      const known = versionsOf(offline);
      expect([['1.0.0'], ['1.0.0', '2.0.0']]).toContainEqual(known);
      for (const [path, bytes] of [
        [old, OLD],
        [target, NEW],
      ] as const)
        if (await offline.isHere(path)) expect(await offline.fetch(path)).toEqual(bytes);

      rig.server.files = outdated;
      const rolledBack = await rig.open({ files: new MortalFiles(disk.content) });
      await rolledBack.check();
      expect(versionsOf(rolledBack)).toEqual(known);

      rig.server.files = rig.maker.files;
      const next = await rig.open({ files: disk, capacity: 4_000 });
      expect(await next.check(), `step ${step}`).toMatchObject({ freshness: 'current' });
      expect(versionsOf(next)).toEqual(['1.0.0', '2.0.0']);
      expect(await next.fetch(target)).toEqual(NEW);
      expect(await next.fetch(old)).toEqual(OLD);
    }
  });

  it('what was half-written in the folder does not stay there', async () => {
    const { rig, files, target } = await situation();
    for (let step = 1; step <= 20; step++) {
      const dying = new MortalFiles(files.content, step);
      await session(await rig.open({ files: dying }), target).catch(() => undefined);
      const disk = new MortalFiles(dying.content);
      await session(await rig.open({ files: disk }), target);
      const names = [...disk.content.keys()].map((path) => path.slice(FOLDER.length + 1));
      expect(names.filter((name) => /\.(part|tag|new)$/.test(name))).toEqual([]);
    }
  });
});

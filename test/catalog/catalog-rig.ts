/** A catalog with everything around it that can be turned: maker, server, files, clock and day. */
import { expect } from 'vitest';
import { StepwiseError } from '../../shared/failure.ts';
import { Catalog, type CatalogOptions } from '../../src-main/catalog/catalog.ts';
import { memoryFiles } from '../../src-main/files/memory-files.ts';
import { ConnectionFailed, type Transport } from '../../src-main/catalog/transport.ts';
import { Log } from '../../src-main/log/log.ts';
import { VirtualClock } from '../../src-main/virtual/clocks.ts';
import { AnsweringServer, ORIGIN } from './answering.ts';
import { Maker } from './maker.ts';

export const FOLDER = '/state/catalog';

export const NO_NETWORK: Transport = {
  get: () => Promise.reject(new ConnectionFailed('unreachable', 'ENOTFOUND')),
};

export class CatalogRig {
  readonly maker: Maker;
  readonly server: AnsweringServer;
  readonly disk = new Map<string, Uint8Array>();
  readonly clock = new VirtualClock();
  readonly shippedRoot: Uint8Array;
  today = '2030-01-01T00:00:00.000Z';

  constructor(maker: Maker) {
    this.maker = maker;
    this.server = new AnsweringServer(maker.files);
    this.shippedRoot = maker.file(`metadata/${maker.versions.root}.root.json`);
  }

  static async start(): Promise<CatalogRig> {
    return new CatalogRig(await Maker.start());
  }

  /** What is there can be read, and nothing written. */
  openWithFullDisk(): Promise<Catalog> {
    const write = (path: string) =>
      Promise.reject(new StepwiseError('host-file', { path, operation: 'write', detail: 'ENOSPC' }));
    return this.open({ files: { ...memoryFiles(this.disk), write, append: write } });
  }

  open(changes: Partial<CatalogOptions> = {}): Promise<Catalog> {
    return Catalog.open({
      url: ORIGIN,
      root: this.shippedRoot,
      folder: FOLDER,
      files: memoryFiles(this.disk),
      transport: this.server,
      clock: this.clock,
      today: () => this.today,
      random: () => 0.5,
      log: new Log({ today: () => this.today }),
      ...changes,
    });
  }
}

/** A client that knows release 1.0.0 by now. */
export async function informed(): Promise<{ rig: CatalogRig; catalog: Catalog; target: string }> {
  const rig = await CatalogRig.start();
  const target = await rig.maker.release('1.0.0', firmware(5_000));
  const catalog = await rig.open();
  await catalog.check();
  rig.server.take();
  return { rig, catalog, target };
}

/**
 * What the server does now fails with this, changes nothing of what is believed, not on disk either, and the client
 * believes an honest server again.
 * @param repair what the maker does about it; otherwise he just goes on
 */
export async function expectRepelled(
  { rig, catalog }: { readonly rig: CatalogRig; readonly catalog: Catalog },
  failure: object,
  repair: (maker: Maker) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  const before = versionsOf(catalog);
  const { checked } = catalog.state;
  expect(await catalog.check()).toMatchObject({ freshness: 'stale', checking: false, checked, failure });
  expect(versionsOf(catalog)).toEqual(before);
  expect(versionsOf(await rig.open())).toEqual(before);

  rig.server.files = rig.maker.files;
  rig.server.mischief = () => undefined;
  await repair(rig.maker);
  await rig.maker.release('9.0.0', firmware(100));
  for (const each of [catalog, await rig.open()]) {
    expect(await each.check()).toEqual({ freshness: 'current', checking: false, checked: rig.today });
    expect(versionsOf(each)).toEqual([...before, '9.0.0']);
  }
}

export function versionsOf(catalog: Catalog): readonly string[] {
  return catalog.releases.map(({ release }) => release.version);
}

/** Of a certain length, different for each seed. */
export function firmware(length: number, seed = 1): Uint8Array {
  let state = seed * 2_654_435_761;
  return new Uint8Array(length).map(() => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state >>> 24;
  });
}

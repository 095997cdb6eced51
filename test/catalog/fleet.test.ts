import { expect, it } from 'vitest';
import type { Clock } from '../../shared/clock.ts';
import type { Catalog } from '../../src-main/catalog/catalog.ts';
import { ConnectionFailed, type Answer } from '../../src-main/catalog/transport.ts';
import { diceOf, type Dice } from '../kernel/soak-faults.ts';
import { answer } from './answering.ts';
import { CatalogRig, firmware, versionsOf } from './catalog-rig.ts';
import { alone, key, Maker, newOnlineKeys } from './maker.ts';

const SEED = 1;
const INSTALLED_EACH_ROUND = 6;
const DAYS_BETWEEN = 1;

const FIRMWARE = firmware(2_000);

const release = (version: string) => (maker: Maker) => maker.release(version, FIRMWARE);

/** Keys of every role are changed once, those of targets in round {@link NEW_TARGETS_KEY}. */
const HISTORY: readonly ((maker: Maker) => Promise<unknown>)[] = [
  release('1.0.0'),
  release('1.1.0'),
  (maker) => newOnlineKeys(maker).then(() => maker.publish()),
  release('1.2.0'),
  (maker) => maker.publishTimestamp(),
  async (maker) => {
    await maker.publishRoot({ root: { signers: [key(6), key(7)], threshold: 2 } });
    await maker.publishTimestamp();
  },
  release('1.3.0'),
  (maker) => maker.publishRoot({ targets: alone(8) }).then(() => maker.publish()),
  release('1.4.0'),
  release('1.5.0'),
];

const NEW_TARGETS_KEY = 7;

/** What a request meets. */
interface Situation {
  readonly clock: Clock;
  /** The file as it is published. */
  readonly honest: Uint8Array;
  /** Its entity tag. */
  readonly headers: Readonly<Record<string, string>>;
  /** As it was published once. */
  readonly old: Uint8Array;
}

const STORMS: readonly ((situation: Situation) => Answer | Promise<Answer>)[] = [
  () => answer(503, ''),
  () => answer(200, '<html>Log in first'),
  () => Promise.reject(new ConnectionFailed('unreachable', 'ECONNRESET')),
  () => new Promise(() => undefined),
  (situation) => answer(200, drops(situation)),
  (situation) => answer(200, brokenOff(situation), situation.headers),
  ({ honest, headers }) => answer(200, [honest.with(honest.length >> 1, 0)], headers),
  ({ old }) => answer(200, [old]),
];
const FAIR = 2.5 * STORMS.length;

/** Slower than bearable, and never silent. */
async function* drops({ clock, honest }: Situation): AsyncGenerator<Uint8Array> {
  for (const byte of honest) {
    yield Uint8Array.of(byte);
    await clock.sleep(1_000);
  }
}

async function* brokenOff({ honest }: Situation): AsyncGenerator<Uint8Array> {
  yield honest.subarray(0, honest.length >> 1);
  await Promise.reject(new ConnectionFailed('unreachable', 'ECONNRESET'));
}

/** An installed application with its own server in front of what the maker publishes. */
class Client {
  readonly rig: CatalogRig;
  readonly dice: Dice;
  /** Numbers of the storms it was in. */
  readonly met = new Set<number>();
  catalog: Catalog;

  private constructor(rig: CatalogRig, dice: Dice, catalog: Catalog) {
    this.rig = rig;
    this.dice = dice;
    this.catalog = catalog;
  }

  static async install(maker: Maker, editions: Editions, seed: number): Promise<Client> {
    const rig = new CatalogRig(maker);
    const client = new Client(rig, diceOf(seed), await rig.open());
    rig.server.mischief = (path) => client.#weather(editions, path);
    return client;
  }

  #weather(editions: Editions, path: string): Answer | Promise<Answer> | undefined {
    const number = this.dice(STORMS.length + FAIR);
    const honest = this.rig.maker.files.get(path);
    const storm = STORMS[number];
    if (!storm || !honest) return undefined;
    this.met.add(number);
    const old = editions[this.dice(editions.length)]?.get(path) ?? honest;
    const { headers } = this.rig.server.honest(path, { headers: {} });
    return storm({ clock: this.rig.clock, honest, headers, old });
  }
}

/** What was published, round by round; a copy somewhere on the way may be from any of them. */
type Editions = readonly ReadonlyMap<string, Uint8Array>[];

it('sixty clients of all histories, through failing and lying servers, end with what was published last', async () => {
  const maker = await Maker.start();
  const editions: ReadonlyMap<string, Uint8Array>[] = [];
  const clients: Client[] = [];
  const published = () => maker.targets.map(({ path }) => /-(.*)\.dfu$/.exec(path)?.[1]);

  for (const [round, happens] of HISTORY.entries()) {
    for (let number = 0; number < INSTALLED_EACH_ROUND; number++)
      clients.push(await Client.install(maker, editions, SEED * 1_000 + clients.length));
    await happens(maker);
    editions.push(maker.fork().files);
    const online = clients.filter(({ dice }) => dice(3) === 0);
    await Promise.all(
      online.map(async (client) => {
        const before = versionsOf(client.catalog);
        client.rig.today = day(DAYS_BETWEEN * round);
        if (client.dice(2) === 0) client.catalog = await client.rig.open();
        await client.catalog.check();
        const after = versionsOf(client.catalog);
        expect(published().slice(0, after.length)).toEqual(after);
        // What was signed with a key that was taken away is not believed any more, though the next is not here yet.
        const isRevoked = round >= NEW_TARGETS_KEY && after.length === 0;
        if (!isRevoked) expect(after.length).toBeGreaterThanOrEqual(before.length);
      }),
    );
  }

  const behind = clients.map(({ catalog }) => maker.targets.length - catalog.releases.length);
  const [latest = ''] = maker.targets.slice(-1).map(({ path }) => path);
  const asked = await Promise.all(
    clients.map(async ({ rig, catalog }) => {
      rig.server.mischief = () => undefined;
      rig.server.take();
      rig.today = day(DAYS_BETWEEN * HISTORY.length);
      expect(await catalog.check()).toEqual({ freshness: 'current', checking: false, checked: rig.today });
      expect(versionsOf(catalog)).toEqual(published());
      expect(Buffer.from(await catalog.fetch(latest)).equals(FIRMWARE)).toBe(true);
      return rig.server.take();
    }),
  );

  // All that was to happen did happen.
  expect(clients).toHaveLength(60);
  expect(behind).toContain(0);
  expect(Math.max(...behind)).toBeGreaterThan(3);
  expect(asked.filter((each) => each.includes('200 metadata/2.root.json'))).not.toHaveLength(0);
  expect(new Set(clients.flatMap(({ met }) => [...met])).size).toBe(STORMS.length);
});

function day(number: number): string {
  return new Date(Date.UTC(2030, 0, 1 + number)).toISOString();
}

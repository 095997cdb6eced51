/** Whatever bytes come from the network or lie on the disk: nothing crashes, and nothing is believed that was not signed. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { answer } from '../../test/catalog/answering.ts';
import { FOLDER, firmware, informed, versionsOf } from '../../test/catalog/catalog-rig.ts';
import { alone, Maker } from '../../test/catalog/maker.ts';
import { offeredIn } from './offered.ts';
import { targetsIn, verifyTexts, type TrustedTexts, type Verified } from './trusted-metadata.ts';

const text = (maker: Maker, name: string) => Buffer.from(maker.file(`metadata/${name}`)).toString();
let shipped: string;
let genuine: Required<Omit<TrustedTexts, 'timestampTag'>>;

let otherTargets: { readonly newer: string; readonly sameVersion: string };

beforeAll(async () => {
  const maker = await Maker.start();
  shipped = text(maker, '1.root.json');
  await maker.publishRoot({ timestamp: alone(50) });
  await maker.release('1.0.0', firmware(50));
  genuine = {
    roots: [text(maker, '2.root.json')],
    timestamp: text(maker, 'timestamp.json'),
    snapshot: text(maker, '2.snapshot.json'),
    targets: text(maker, '2.targets.json'),
  };
  await maker.release('1.1.0', firmware(50));
  const newer = text(maker, '3.targets.json');
  await maker.publish({ versions: { targets: 2 } });
  otherTargets = { newer, sameVersion: text(maker, '2.targets.json') };
});

function offeredBy(verified: Verified) {
  const targets = targetsIn(verified);
  return targets ? offeredIn(targets, () => undefined).releases : [];
}

/** A piece of the text replaced by another one. */
const damage = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  length: fc.nat(40),
  by: fc.string({ maxLength: 40 }),
});
type Damage = typeof damage extends fc.Arbitrary<infer D> ? D : never;

function damaged(original: string, { at, length, by }: Damage): string {
  const start = Math.floor(at * original.length);
  return original.slice(0, start) + by + original.slice(start + length);
}

describe('verified texts', () => {
  const name = fc.constantFrom('timestamp', 'snapshot', 'targets', 'roots');
  const put = (where: string, by: string): TrustedTexts =>
    where === 'roots' ? { ...genuine, roots: [by] } : { ...genuine, [where]: by };
  const original = (where: string) =>
    (where === 'roots' ? genuine.roots[0] : genuine[where as 'targets']) ?? '';

  it('hold as they are', () => {
    const verified = verifyTexts(shipped, genuine);
    expect(verified.isComplete).toBe(true);
    expect(verified.texts).toEqual(genuine);
  });

  it('offer what was signed or nothing, whatever becomes of them', () => {
    const signed = offeredBy(verifyTexts(shipped, genuine));
    expect(signed).toHaveLength(1);
    fc.assert(
      fc.property(name, damage, (where, how) => {
        const offered = offeredBy(verifyTexts(shipped, put(where, damaged(original(where), how))));
        expect([[], signed]).toContainEqual(offered);
      }),
      { numRuns: 150 },
    );
  });

  it('hold only together: good signatures on documents that do not mean each other are not enough', () => {
    for (const targets of [otherTargets.newer, otherTargets.sameVersion]) {
      const verified = verifyTexts(shipped, { ...genuine, targets });
      expect(verified.isComplete).toBe(false);
      expect(offeredBy(verified)).toEqual([]);
    }
  });

  it('are nothing where they are something else', () => {
    const garbage = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constant('['.repeat(60_000)),
      fc.constant('{"signed":{},"signatures":[]}'),
    );
    fc.assert(
      fc.property(name, garbage, (where, by) => {
        const verified = verifyTexts(shipped, put(where, by));
        expect(verified.isComplete).toBe(false);
        expect(Object.values(verified.texts)).not.toContain(by);
      }),
      { numRuns: 80 },
    );
  });
});

describe('a folder that was damaged', () => {
  it('heals: it opens, offers what was signed or nothing, and is whole after a check', async () => {
    const { rig } = await informed();
    const path = `${FOLDER}/trusted.json`;
    const whole = Buffer.from(rig.disk.get(path) ?? []).toString();
    await fc.assert(
      fc.asyncProperty(damage, fc.boolean(), async (how, cutOff) => {
        const content = damaged(whole, how);
        rig.disk.set(path, Buffer.from(cutOff ? content.slice(0, how.at * content.length) : content));
        const catalog = await rig.open();
        expect([[], ['1.0.0']]).toContainEqual(versionsOf(catalog));
        expect(await catalog.check()).toMatchObject({ freshness: 'current' });
        expect(versionsOf(await rig.open())).toEqual(['1.0.0']);
      }),
      { numRuns: 20 },
    );
  });

  it('sends nothing of it that no HTTP can carry', async () => {
    const { rig } = await informed();
    const path = `${FOLDER}/trusted.json`;
    const whole = Buffer.from(rig.disk.get(path) ?? []).toString();
    const { timestampTag } = JSON.parse(whole) as TrustedTexts;
    expect(timestampTag).toMatch(/^"\w+"$/);
    rig.disk.set(path, Buffer.from(whole.replace(JSON.stringify(timestampTag), JSON.stringify('"\n"'))));
    expect(await (await rig.open()).check()).toMatchObject({ freshness: 'current' });
  });
});

describe('a server that answers with anything', () => {
  it('is told from the maker’s', async () => {
    const { rig, catalog } = await informed();
    await rig.maker.publishTimestamp();
    const names = fc.constantFrom('metadata/timestamp.json', 'metadata/2.root.json');
    const bytes = fc.oneof(
      fc.uint8Array(),
      fc.json().map((json) => Buffer.from(json)),
    );
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.constantFrom(200, 206, 301, 304, 400, 500),
        bytes,
        async (path, status, body) => {
          // "As you know it" is an answer to the question for news: whoever lies so keeps news away until what is known ends.
          fc.pre(!(path === 'metadata/timestamp.json' && status === 304));
          rig.server.mischief = (asked) => (asked === path ? answer(status, [body]) : undefined);
          const { freshness, failure } = await catalog.check();
          expect(freshness).toBe('stale');
          expect(['not-trusted', 'not-the-repository', 'server-refused']).toContain(failure?.code);
          expect(versionsOf(catalog)).toEqual(['1.0.0']);
        },
      ),
      { numRuns: 40 },
    );
  });
});

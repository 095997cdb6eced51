import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer } from '../../test/catalog/answering.ts';
import { firmware, informed } from '../../test/catalog/catalog-rig.ts';
import { rejection } from '../../test/rig/in-time.ts';
import { StepwiseError } from '../../shared/failure.ts';
import { ConnectionFailed, type Answer } from './transport.ts';

const BYTES = Buffer.from(firmware(5_000));

/** Breaks off after so many bytes of the body. */
function cut({ status, headers, body }: Answer, after: number): Answer {
  const bytes = async function* () {
    let left = after;
    for await (const chunk of body) {
      yield chunk.subarray(0, left);
      left -= chunk.length;
      if (left <= 0) throw new ConnectionFailed('unreachable', 'cut off');
    }
  };
  return { status, headers, body: bytes() };
}

describe('a download that breaks off', () => {
  it('goes on where it was, and says what it has', async () => {
    const { rig, catalog, target } = await informed();
    rig.server.mischief = (path, request) =>
      request.headers['range'] ? undefined : cut(rig.server.honest(path, request), 2_000);
    const progress: number[] = [];
    const onProgress = ({ received, total }: { received: number; total: number }) =>
      progress.push(received / total);
    expect(await catalog.fetch(target, { onProgress })).toEqual(BYTES);
    expect(rig.server.asked.map(({ headers, status, bytes }) => [headers['range'], status, bytes])).toEqual([
      [undefined, 200, 2_000],
      ['bytes=2000-', 206, 3_000],
    ]);
    expect(rig.server.asked[1]?.headers['if-range']).toMatch(/^"/);
    expect(progress).toEqual([0.4, 1]);
  });

  it('goes on after a restart', async () => {
    const { rig, catalog, target } = await informed();
    rig.server.mischief = (path, request) => cut(rig.server.honest(path, request), 1_000);
    expect(await rejection(catalog.fetch(target))).toMatchObject({ code: 'offline' });
    rig.server.mischief = () => undefined;
    rig.server.take();
    expect(await (await rig.open()).fetch(target)).toEqual(BYTES);
    expect(rig.server.asked.map(({ headers }) => headers['range'])).toEqual(['bytes=3000-']);
  });

  it('starts again where the file is another one by then', async () => {
    const { rig, catalog, target } = await informed();
    rig.server.mischief = () => cut(answer(200, [firmware(5_000, 7)], { etag: '"another"' }), 1_000);
    await rejection(catalog.fetch(target));
    rig.server.mischief = () => undefined;
    expect(await catalog.fetch(target)).toEqual(BYTES);
  });

  it('starts again where its beginning turns out to be wrong', async () => {
    const { rig, catalog, target } = await informed();
    rig.server.mischief = () => cut(answer(200, [firmware(5_000, 7)]), 1_000);
    await rejection(catalog.fetch(target));
    rig.server.mischief = () => undefined;
    rig.server.take();
    expect(await catalog.fetch(target)).toEqual(BYTES);
    expect(rig.server.asked.map(({ status }) => status)).toEqual([206, 200]);
  });

  it('ends up with the right bytes wherever it is cut, and whatever the server makes of ranges', async () => {
    const { rig, catalog, target } = await informed();
    const [path] = [...rig.maker.files.keys()].filter((each) => each.startsWith('targets/'));
    const habits = {
      obeys: (headers: Record<string, string>) => rig.server.honest(String(path), { headers }),
      'does not know ranges': () => rig.server.honest(String(path), { headers: {} }),
      'sends another part': ({ range }: Record<string, string>) =>
        range ? answer(206, [BYTES.subarray(1)], { 'content-range': 'bytes 1-4999/5000' }) : habits.obeys({}),
      'finds the range outside': ({ range }: Record<string, string>) =>
        range ? answer(416, '') : habits.obeys({}),
      'names nothing': (headers: Record<string, string>) => ({ ...habits.obeys(headers), headers: {} }),
    };
    const habit = fc.constantFrom(...(Object.keys(habits) as (keyof typeof habits)[]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(habit, fc.nat(5_500)), { maxLength: 8 }),
        fc.integer({ min: 1, max: 2_000 }),
        async (tries, chunk) => {
          const ahead = [...tries];
          rig.server.chunk = chunk;
          rig.server.mischief = (_, { headers }) => {
            const [how, after] = ahead.shift() ?? ['obeys', Infinity];
            return cut(habits[how]({ ...headers }), after);
          };
          let bytes: Uint8Array | undefined;
          for (let starts = 0; !bytes && starts < 5; starts++)
            bytes = await (await rig.open()).fetch(target).catch((error: unknown) => {
              expect(error).toBeInstanceOf(StepwiseError);
              return undefined;
            });
          expect(Buffer.compare(bytes ?? Buffer.alloc(0), BYTES)).toBe(0);
          for (const file of rig.disk.keys()) if (file.includes('/releases/')) rig.disk.delete(file);
        },
      ),
      { numRuns: 60 },
    );
    expect(catalog.state.failure).toBeUndefined();
  });
});

describe('several who want a release', () => {
  it('fetch it once', async () => {
    const { rig, catalog, target } = await informed();
    const all = await Promise.all([1, 2, 3].map(() => catalog.fetch(target)));
    for (const bytes of all) expect(bytes).toEqual(BYTES);
    expect(rig.server.asked).toHaveLength(1);
  });

  it('do not lose it where one of them goes away', async () => {
    const { rig, catalog, target } = await informed();
    const leaving = new AbortController();
    rig.server.mischief = () => {
      leaving.abort();
      return undefined;
    };
    const first = rejection(catalog.fetch(target, { signal: leaving.signal }));
    const second = catalog.fetch(target);
    expect(await first).toMatchObject({ code: 'cancelled' });
    expect(await second).toEqual(BYTES);
  });
});

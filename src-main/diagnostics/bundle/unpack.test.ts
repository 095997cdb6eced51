import { crc32, deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { isFailure } from '../../../shared/failure.ts';
import { assemble, type Draft, type Entry } from './draft.ts';
import { sha256 } from './manifest.ts';
import { pack } from './pack.ts';
import { unpack } from './unpack.ts';

const DRAFT: Draft = {
  taken: '2026-01-02T03:04:05.000Z',
  includeSerials: false,
  program: {
    name: 'Stepwise',
    version: '1.0.0',
    host: 'electron',
    platform: 'linux',
    system: '6 x64',
    versions: {},
    demo: false,
  },
  sections: { devices: [], stories: [], mishaps: [] },
  files: [
    {
      name: 'logs/stepwise.log',
      kind: 'log',
      bytes: new TextEncoder().encode('a\n'.repeat(500)),
      ticked: true,
    },
  ],
  leftOut: [{ name: 'electron', why: 'personal' }],
};

interface Raw {
  readonly name: string | Buffer;
  readonly content: Uint8Array;
  /** What the zip says of it, where that is not true. */
  readonly size?: number;
  readonly mode?: number;
  readonly method?: number;
  readonly flags?: number;
}

const UTF8_NAMES = 0x800;

/** A zip as somebody writes it who may lie. */
function rawZip(entries: readonly Raw[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const {
    name,
    content,
    size = content.length,
    mode = 0o100644,
    method = 8,
    flags = UTF8_NAMES,
  } of entries) {
    const named = Buffer.from(name);
    const packed = method === 8 ? deflateRawSync(content) : Buffer.from(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(method, 4);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(size, 18);
    common.writeUInt16LE(named.length, 22);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE((mode << 16) >>> 0, 6);
    tail.writeUInt32LE(offset, 10);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, named, packed]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 3]), common, tail, named]));
    locals.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, central, end]);
}

let entries: readonly Entry[] = [];
let good: Uint8Array = new Uint8Array();
beforeAll(async () => {
  entries = assemble(DRAFT, new Set());
  good = await pack(entries, DRAFT.taken);
});

const raw = (): Raw[] => entries.map(({ name, bytes }) => ({ name, content: bytes }));

async function fault(bytes: Uint8Array): Promise<string> {
  try {
    await unpack(bytes);
    return 'opened';
  } catch (error) {
    if (!isFailure(error, 'bad-file')) throw error;
    return error.facts.fault;
  }
}

/** With other JSON in the place of an entry, and a manifest that fits. */
function with_(name: string, change: (text: string) => string): Buffer {
  const changed = entries.map((entry) =>
    entry.name === name
      ? { name, bytes: new TextEncoder().encode(change(Buffer.from(entry.bytes).toString())) }
      : entry,
  );
  const listed = changed.filter((entry) => entry.name !== 'manifest.json');
  const manifest = JSON.parse(Buffer.from(changed.at(-1)?.bytes ?? []).toString()) as object;
  const rows = listed.map((each) => ({
    name: each.name,
    size: each.bytes.length,
    sha256: sha256(each.bytes),
  }));
  const text = JSON.stringify({ ...manifest, entries: rows });
  return rawZip([
    ...listed.map((each) => ({ name: each.name, content: each.bytes })),
    { name: 'manifest.json', content: new TextEncoder().encode(text) },
  ]);
}

describe('a bundle', () => {
  it('comes out as it went in', async () => {
    const { report, manifest, entries: opened } = await unpack(good);
    expect(report).toMatchObject({ schema: 1, program: { version: '1.0.0' }, devices: [] });
    expect(manifest.leftOut).toEqual([{ name: 'electron', why: 'personal' }]);
    expect([...opened].map(({ name }) => name)).toEqual(['index.html', 'report.json', 'logs/stepwise.log']);
    expect(Buffer.from(opened[2]?.bytes ?? []).toString()).toBe('a\n'.repeat(500));
    expect(await fault(rawZip(raw()))).toBe('opened');
  });

  it('of a later version with more in it is read', async () => {
    const more = with_('report.json', (text) =>
      text.replace('"devices": []', '"devices": [], "weather": "fine"'),
    );
    expect(await fault(more)).toBe('opened');
  });
});

describe('what is refused', () => {
  it('a newer schema, of the report or the manifest', async () => {
    expect(await fault(with_('report.json', (text) => text.replace('"schema": 1', '"schema": 2')))).toBe(
      'unsupported',
    );
    expect(await fault(with_('manifest.json', (text) => text.replace('"schema": 1', '"schema": 2')))).toBe(
      'unsupported',
    );
  });

  it('a file that is no zip, or a zip that is no bundle', async () => {
    expect(await fault(new TextEncoder().encode('not a zip at all'))).toBe('bad-record');
    expect(await fault(new Uint8Array())).toBe('bad-record');
    expect(await fault(rawZip([{ name: 'a.txt', content: new Uint8Array(3) }]))).toBe('unknown-format');
  });

  it.each([
    '../evil',
    'logs/../../evil',
    '/etc/passwd',
    'C:/evil',
    String.raw`logs\..\evil`,
    'logs//evil',
    './evil',
    'evil\u0000.log',
    'evil\u001b[2J',
    'NUL',
    'logs/con.txt',
    'evil.',
    'evil ',
    'logs/',
    'x'.repeat(300),
  ])('an entry called %j', async (name) => {
    expect(await fault(rawZip([...raw(), { name, content: new Uint8Array(1) }]))).not.toBe('opened');
  });

  it('links, devices and folders in the place of files', async () => {
    for (const mode of [0o120777, 0o060644, 0o010644, 0o040755])
      expect(
        await fault(rawZip([...raw(), { name: 'link', content: Buffer.from('/etc/passwd'), mode }])),
      ).toBe('inconsistent');
  });

  it('two entries of one name, also where only their case differs', async () => {
    const twice = (name: string) => rawZip([...raw(), { name, content: new Uint8Array(1) }]);
    expect(await fault(twice('report.json'))).toBe('inconsistent');
    expect(await fault(twice('REPORT.json'))).toBe('inconsistent');
  });

  it('an entry that is not listed, one that is not there, one with another content', async () => {
    expect(await fault(rawZip([...raw(), { name: 'extra.log', content: new Uint8Array(1) }]))).toBe(
      'inconsistent',
    );
    expect(await fault(rawZip(raw().filter(({ name }) => name !== 'logs/stepwise.log')))).toBe('truncated');
    const other = raw().map((each) =>
      each.name === 'logs/stepwise.log'
        ? { ...each, content: new TextEncoder().encode('b\n'.repeat(500)) }
        : each,
    );
    expect(await fault(rawZip(other))).toBe('bad-checksum');
  });

  it('a bomb, whether it says how large it is or not', async () => {
    const zeros = new Uint8Array(17 * 1024 * 1024);
    expect(await fault(rawZip([...raw(), { name: 'bomb', content: zeros }]))).toBe('too-large');
    expect(await fault(rawZip([...raw(), { name: 'bomb', content: zeros, size: 1000 }]))).toBe('bad-record');
    const many = Array.from({ length: 4 }, (_, at) => ({
      name: `bomb${at}`,
      content: zeros.subarray(0, 15 * 1024 * 1024),
    }));
    expect(await fault(rawZip([...raw(), ...many]))).toBe('too-large');
    const more = Array.from({ length: 1_100 }, (_, at) => ({ name: `e${at}`, content: new Uint8Array() }));
    expect(await fault(rawZip([...raw(), ...more]))).toBe('too-large');
    expect(await fault(new Uint8Array(33 * 1024 * 1024))).toBe('too-large');
  });

  it('JSON that is too large, too deep, or says nonsense', async () => {
    expect(await fault(with_('report.json', () => `"${'x'.repeat(5 * 1024 * 1024)}"`))).toBe('too-large');
    const deep = (text: string) =>
      text.replace('"devices": []', `"deep": ${'['.repeat(200_000)}${']'.repeat(200_000)}`);
    expect(['opened', 'bad-record']).toContain(await fault(with_('report.json', deep)));
    expect(await fault(with_('report.json', (text) => text.replace('"taken"', '"__proto__"')))).toBe(
      'bad-record',
    );
    expect(await fault(with_('report.json', () => '{"format":"stepwise-bundle","schema":1e400}'))).toBe(
      'bad-record',
    );
    expect(await fault(with_('manifest.json', (text) => text.replace('"format"', '"form"')))).toBe(
      'bad-record',
    );
  });

  it('what is encrypted, or packed in another way', async () => {
    expect(
      await fault(rawZip([...raw(), { name: 'a', content: new Uint8Array(20), flags: UTF8_NAMES | 1 }])),
    ).toBe('unsupported');
    expect(await fault(rawZip([...raw(), { name: 'a', content: new Uint8Array(20), method: 12 }]))).toBe(
      'unsupported',
    );
  });
});

describe('whatever is done to a bundle', () => {
  it('it opens as it was, or is refused with a name for what is wrong', async () => {
    const changes = fc.array(
      fc.record({ at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), byte: fc.nat(255) }),
      { minLength: 1, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(changes, fc.double({ min: 0, max: 1, noNaN: true }), async (some, kept) => {
        const bytes = Uint8Array.from(
          good.subarray(0, kept < 0.3 ? Math.ceil(good.length * kept) : good.length),
        );
        for (const { at, byte } of some) bytes[Math.floor(at * bytes.length)] = byte;
        if ((await fault(bytes)) !== 'opened') return;
        const { entries: opened } = await unpack(bytes);
        const before = new Map(entries.map(({ name, bytes: content }) => [name, sha256(content)]));
        for (const { name, bytes: content } of opened) expect(sha256(content)).toBe(before.get(name));
      }),
      { numRuns: 400 },
    );
  });

  it('entries with any names and any content never get out of their folder', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            name: fc.string({ unit: 'binary', maxLength: 12 }),
            content: fc.uint8Array({ maxLength: 50 }),
          }),
          {
            minLength: 1,
            maxLength: 4,
          },
        ),
        async (some) => {
          expect(
            await fault(
              rawZip([...raw(), ...some.map(({ name, content }) => ({ name: Buffer.from(name), content }))]),
            ),
          ).not.toBe('opened');
        },
      ),
      { numRuns: 200 },
    );
  });
});

/**
 * Recordings of virtual devices, replayed: untouched they lead to the same end, and with any line of them changed, at that
 * line to an end that says what differs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { transcriptFiles } from '../../src-main/usb/transcripts.ts';
import { virtualDevices } from '../../src-main/virtual/catalogue/index.ts';
import { namedFaults } from '../../src-main/virtual/named-faults.ts';
import { FakeWorld } from '../cli/fake-world.ts';

type Entry = Record<string, unknown> & { op: string };

const BYTES = new Uint8Array(5_000).map((_, at) => (at * 31) % 251);
const HEADER_LINES = 1;

interface Recorded {
  readonly world: FakeWorld;
  readonly lines: readonly string[];
  readonly command: readonly string[];
  readonly exitCode: number;
  readonly said: string;
}

/** @param withFirmware whether its bytes are in it, as with --record */
async function recorded(name: string, faultName?: string, withFirmware = false): Promise<Recorded> {
  const definition = virtualDevices.get(name);
  const fault = faultName === undefined ? undefined : namedFaults.get(faultName);
  if (!definition) throw new Error(name);
  const world = new FakeWorld([name, fault ? { faults: [fault.faultOn(definition)] } : {}]);
  const firmware = world.path('app.bin');
  writeFileSync(firmware, BYTES);
  const command = ['flash', firmware, '--yes', '--discard-outside'];
  const full = world.path('full.jsonl');
  const exitCode = await world.run(...command, '--record', full);
  const [kept] = transcriptFiles(join(world.stateFolder, 'logs'));
  const lines = readFileSync(withFirmware ? full : (kept?.path ?? ''), 'utf8')
    .trimEnd()
    .split('\n');
  const said = resultOf(world);
  return { world, lines, command, exitCode, said };
}

/** What was said but for remarks on the recording and on where it came from. */
function resultOf(world: FakeWorld): string {
  return world.terminal.out.text;
}

async function replayed({ world, command }: Recorded, lines: readonly string[]) {
  const path = world.path('recording.jsonl');
  writeFileSync(path, `${lines.join('\n')}\n`);
  world.clear();
  const exitCode = await world.run('replay', path, '--', ...command);
  const text = world.terminal.err.text.replace(/\s+/g, ' ');
  const found = /[Ll]ine (\d+)/.exec(text);
  return { exitCode, text, line: found ? Number(found[1]) : undefined, said: resultOf(world) };
}

const UPDATES: readonly { readonly name: string; readonly fault?: string }[] = [
  { name: 'f405' },
  { name: 'h743-v-0x90' },
  { name: 'h743-v-0x91' },
  { name: 'f405', fault: 'stuck-until-reset' },
  { name: 'f405', fault: 'unplugged-while-writing' },
  { name: 'f405', fault: 'erase-refused' },
];

describe('a transcript of a virtual device', () => {
  it.each(UPDATES)('of $name ($fault) replays to the same result', async ({ name, fault }) => {
    const recording = await recorded(name, fault);
    const replay = await replayed(recording, recording.lines);
    recording.world.dispose();
    expect(replay.text).toContain('The recording was used to its end');
    expect(replay.exitCode).toBe(recording.exitCode);
    expect(replay.said).toBe(recording.said);
  });

  it('that read what nobody wrote replays where the bytes are in it, and says so where they are not', async () => {
    const full = await recorded('f405', 'write-corrupted', true);
    const replay = await replayed(full, full.lines);
    full.world.dispose();
    expect(replay.exitCode).toBe(full.exitCode);
    expect(replay.said).toBe(full.said);
    const hashed = await recorded('f405', 'write-corrupted');
    const end = await replayed(hashed, hashed.lines);
    hashed.world.dispose();
    expect(end.exitCode).toBe(9);
    expect(end.text).toContain('The recording has only their hash');
  });
});

describe('a changed line', () => {
  let recording: Recorded;
  beforeAll(async () => {
    recording = await recorded('h743-v-0x90');
  });
  afterAll(() => recording.world.dispose());

  const entryAt = (at: number) => JSON.parse(recording.lines[at] ?? '{}') as Entry;
  const placesWhere = (is: (entry: Entry, at: number) => boolean) =>
    recording.lines.flatMap((_, at) => (at >= HEADER_LINES && is(entryAt(at), at) ? [at] : []));
  const withLine = (at: number, line: string | undefined) =>
    recording.lines.flatMap((each, other) => (other === at ? (line === undefined ? [] : [line]) : [each]));

  /** Any place at which `is` holds, changed by `change`. */
  async function everyChange(
    is: (entry: Entry, at: number) => boolean,
    change: (entry: Entry, salt: number) => Entry | undefined,
    expected: (end: Awaited<ReturnType<typeof replayed>>, line: number) => void,
  ): Promise<void> {
    const places = placesWhere(is);
    expect(places.length).toBeGreaterThan(0);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...places), fc.nat(), async (at, salt) => {
        const changed = change(entryAt(at), salt);
        const end = await replayed(recording, withLine(at, changed && JSON.stringify(changed)));
        expected(end, at + 1);
      }),
      { numRuns: 25 },
    );
  }

  const isTransfer = ({ op }: Entry) => op === 'in' || op === 'out';
  const endsThere = (end: Awaited<ReturnType<typeof replayed>>, line: number) => {
    expect([7, 9]).toContain(end.exitCode);
    expect(end.line).toBe(line);
  };

  it.each(['requestType', 'request', 'value', 'index'])(
    'of a transfer with another %s ends the replay there, and shows both',
    async (field) => {
      await everyChange(
        isTransfer,
        (entry, salt) => ({ ...entry, [field]: (Number(entry[field]) ^ (1 + (salt % 255))) & 0xff }),
        (end, line) => {
          endsThere(end, line);
          expect(end.text).toMatch(/it goes on with: control .* Now it was: control/);
        },
      );
    },
  );

  it('of a read with another length ends it there', async () => {
    await everyChange(
      ({ op }) => op === 'in',
      (entry, salt) => ({ ...entry, length: Number(entry.length) + 1 + (salt % 100) }),
      endsThere,
    );
  });

  it('of a write with other bytes, or another hash, ends it there', async () => {
    await everyChange(
      ({ op, length }) => op === 'out' && Number(length) > 0,
      (entry) => ({ ...entry, data: otherData(entry.data) }),
      endsThere,
    );
  });

  it('of a read with a hash that nobody has bytes for says so there, and invents nothing', async () => {
    await everyChange(
      ({ op, data }) => op === 'in' && typeof data === 'object',
      (entry) => ({ ...entry, data: otherData(entry.data) }),
      (end, line) => {
        expect(end.exitCode).toBe(9);
        expect(end.line).toBe(line);
        expect(end.text).toContain('The recording has only their hash');
      },
    );
  });

  it('of another operation ends it there', async () => {
    await everyChange(
      ({ op }) => op === 'open' || op === 'claim' || op === 'select' || op === 'close',
      ({ n, t, device, path, ms, op }) => ({ op: op === 'open' ? 'reset' : 'open', n, t, device, path, ms }),
      endsThere,
    );
  });

  it('of another device, place or moment is damage, and refused there', async () => {
    await everyChange(
      ({ op }) => op !== 'present',
      (entry, salt) =>
        [
          { ...entry, device: 9 },
          { ...entry, path: '9-9' },
          { ...entry, n: 0 },
        ][salt % 3],
      (end, line) => {
        expect(end.exitCode).toBe(9);
        expect(end.text).toContain('damaged');
        expect(end.line).toBe(line);
      },
    );
  });

  it('of a state that was another one does not lead to the same result', async () => {
    const STATE = 4;
    await everyChange(
      ({ op, request, data }) => op === 'in' && request === 3 && typeof data === 'string',
      (entry) => {
        const bytes = Buffer.from(String(entry.data), 'hex');
        bytes[STATE] = 10;
        return { ...entry, data: bytes.toString('hex') };
      },
      (end, line) => {
        expect(end.text).not.toContain('The recording was used to its end');
        expect(end.line).toBeGreaterThan(line);
      },
    );
  });

  it('that is missing ends it there, unless it asked what its neighbour asks', async () => {
    const asks = (at: number) => entryAt(at).request;
    await everyChange(
      (entry, at) => isTransfer(entry) && asks(at - 1) !== entry.request && asks(at + 1) !== entry.request,
      () => undefined,
      (end, line) => {
        expect([7, 9]).toContain(end.exitCode);
        expect(end.line).toBe(line);
      },
    );
  });

  it('that is torn is refused there; torn as the last one, it is read up to there', async () => {
    const half = (at: number) => recording.lines[at]?.slice(0, 40) ?? '';
    const end = await replayed(recording, withLine(20, half(20)));
    expect([end.exitCode, end.line]).toEqual([9, 21]);
    const path = recording.world.path('torn.jsonl');
    writeFileSync(path, [...recording.lines.slice(0, 20), half(20)].join('\n'));
    recording.world.clear();
    expect(await recording.world.run('replay', path, '--', ...recording.command)).toBe(7);
    expect(recording.world.terminal.err.text.replace(/\s+/g, ' ')).toContain(
      'In line 21 it goes on with: nothing, for it is cut off there.',
    );
  });
});

function otherData(data: unknown): unknown {
  if (typeof data === 'string') return `${data.slice(0, -2)}${data.endsWith('00') ? '01' : '00'}`;
  const { bytes, sha256 } = data as { bytes: number; sha256: string };
  return { bytes, sha256: `${sha256.startsWith('0') ? '1' : '0'}${sha256.slice(1)}` };
}

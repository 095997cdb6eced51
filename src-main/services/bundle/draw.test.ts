import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../../shared/clock.ts';
import { assemble, contentsOf, type Draft } from '../../diagnostics/bundle/draft.ts';
import { NOTHING_KNOWN } from '../../diagnostics/bundle/known-secrets.ts';
import { LARGEST_BUNDLE, pack } from '../../diagnostics/bundle/pack.ts';
import { VirtualClock } from '../../virtual/clocks.ts';
import { drawBundle, type SectionSource } from './draw.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwise-draw-'));
  mkdirSync(join(folder, 'logs', 'usb'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function draw(sections: SectionSource = {}, clock: Clock = new VirtualClock()): Promise<Draft> {
  return drawBundle(
    {
      stateFolder: folder,
      clock,
      today: () => '2026-01-02T03:04:05.000Z',
      program: {
        name: 'Stepwise',
        version: '1',
        host: 'electron',
        platform: 'linux',
        system: '6 x64',
        versions: {},
        demo: false,
      },
      secrets: NOTHING_KNOWN,
      sections,
    },
    false,
  );
}

/** @param age seconds */
function file(name: string, content: string, age = 0): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  utimesSync(path, 1_700_000_000 - age, 1_700_000_000 - age);
  return path;
}

const text = ({ files }: Draft, name: string) =>
  Buffer.from(files.find((each) => each.name === name)?.bytes ?? []).toString();
const never = () => new Promise<never>(() => undefined);

describe('what is asked', () => {
  it('is not waited for where it never answers: the bundle says so, and has the rest', async () => {
    const clock = new VirtualClock();
    const { sections, leftOut } = await draw({ host: never, devices: () => [] }, clock);
    expect(clock.now()).toBeLessThanOrEqual(1_000);
    expect(sections).toMatchObject({ devices: [] });
    expect(leftOut).toContainEqual({ name: 'host', why: 'did-not-answer' });
  });

  it('may fail without taking anything else with it', async () => {
    const { sections, leftOut } = await draw({
      catalog: () => {
        throw new Error('no catalog');
      },
      settings: () => ({ theme: 'dark' }),
    });
    expect(sections.settings).toEqual({ theme: 'dark' });
    expect(leftOut).toContainEqual({ name: 'catalog', why: 'unreadable', detail: 'Error: no catalog' });
  });

  it('is left out where it is larger than any section is', async () => {
    const { sections, leftOut } = await draw({ settings: () => ({ x: 'long '.repeat(100_000) }) });
    expect(sections.settings).toBeUndefined();
    expect(leftOut).toContainEqual(expect.objectContaining({ name: 'settings', why: 'too-large' }));
  });
});

describe('files', () => {
  it('keep to their bounds together: the oldest parts go first, and that is said', async () => {
    const lines = (size: number, name: string) =>
      Array.from({ length: size / 16 }, (_, at) => `${name} ${String(at).padStart(12, '0')}`).join('\n');
    file('logs/usb/old.jsonl', lines(6 * 1024 * 1024, 'o'), 30);
    file('logs/usb/middle.jsonl', lines(6 * 1024 * 1024, 'm'), 20);
    file('logs/usb/new.jsonl', lines(6 * 1024 * 1024, 'n'), 10);
    const drawn = await draw();
    expect(text(drawn, 'transcripts/new.jsonl')).toHaveLength(
      statSync(join(folder, 'logs/usb/new.jsonl')).size,
    );
    const middle = text(drawn, 'transcripts/middle.jsonl');
    expect(middle.length).toBeLessThan(3.5 * 1024 * 1024);
    expect(middle.split('\n').at(-1)).toBe(`m ${String(6 * 65_536 - 1).padStart(12, '0')}`);
    expect(middle.split('\n')[0]).toMatch(/^m \d{12}$/);
    expect(drawn.leftOut.map(({ name, why, detail }) => [name, why, detail])).toEqual([
      ['transcripts/middle.jsonl', 'too-large', 'its beginning'],
      ['transcripts/old.jsonl', 'too-large', 'all of it'],
    ]);
    const zip = await pack(assemble(drawn, new Set()), drawn.taken);
    expect(zip.length).toBeLessThan(LARGEST_BUNDLE);
  });

  it('for which there is no time are cut from their beginning, and that is said', async () => {
    file('logs/stepwise.log', Array.from({ length: 40_000 }, (_, at) => `line ${at}`).join('\n'));
    let asked = 0;
    const slow: Clock = { now: () => asked++ * 600, sleep: () => Promise.resolve() };
    const drawn = await draw({}, slow);
    expect(text(drawn, 'logs/stepwise.log').split('\n').at(-1)).toBe('line 39999');
    expect(text(drawn, 'logs/stepwise.log')).not.toContain('line 0\n');
    expect(drawn.leftOut).toContainEqual({
      name: 'logs/stepwise.log',
      why: 'no-time',
      detail: 'its beginning',
    });
  });

  it('that are links are not followed, wherever they lead', async () => {
    const outside = file('outside.txt', 'somebody’s own');
    symlinkSync(outside, join(folder, 'logs', 'link.log'));
    symlinkSync(tmpdir(), join(folder, 'logs', 'folder'));
    file('logs/stepwise.log', 'a line');
    const drawn = await draw();
    expect(drawn.files.map(({ name }) => name)).toEqual(['logs/stepwise.log']);
    expect(drawn.leftOut).toEqual([
      { name: 'folder', why: 'symlink' },
      { name: 'link.log', why: 'symlink' },
    ]);
  });

  it('of firmware, of the browser, and the number of this installation never go in', async () => {
    for (const name of ['firmware', 'catalog', 'electron']) {
      mkdirSync(join(folder, name));
      file(`${name}/a.log`, 'secret');
    }
    file('installation-id', 'secret');
    const drawn = await draw();
    expect(drawn.files).toEqual([]);
    expect(drawn.leftOut.map(({ name, why }) => `${name} ${why}`)).toEqual([
      'catalog firmware',
      'electron personal',
      'firmware firmware',
      'installation-id personal',
    ]);
  });

  it('that cannot be read are said to be', async () => {
    rmSync(join(folder, 'logs'), { recursive: true });
    writeFileSync(join(folder, 'logs'), 'a file where a folder should be');
    expect((await draw()).leftOut).toEqual([expect.objectContaining({ why: 'unreadable' })]);
  });

  it('stay two where they would have one name', async () => {
    file('logs/a+b.log', 'one', 2);
    file('logs/ab.log', 'two', 1);
    expect((await draw()).files.map(({ name }) => name)).toEqual(['logs/ab.log', 'logs/ab-2.log']);
  });
});

describe('a bundle', () => {
  it('leaves out what is unticked, everywhere: page, report and manifest say so and do not have it', async () => {
    file('logs/stepwise.log', '2026-01-02T03:04:05.000Z error usb      1-2   broken by lightning');
    const drawn = await draw({
      devices: () => [{ path: '1-2', title: 'Thermometer', state: { kind: 'ready' } }],
    });
    const unwanted = new Set(['devices', 'logs/stepwise.log', 'mishaps']);
    const entries = assemble(drawn, unwanted);
    const all = entries.map(({ bytes }) => Buffer.from(bytes).toString()).join('\n');
    expect(all).not.toContain('Thermometer');
    expect(all).not.toContain('lightning');
    const manifest = JSON.parse(Buffer.from(entries.at(-1)?.bytes ?? []).toString()) as {
      leftOut: unknown[];
    };
    expect(manifest.leftOut).toHaveLength(unwanted.size);
    for (const name of unwanted) expect(manifest.leftOut).toContainEqual({ name, why: 'unticked' });
    expect(contentsOf(drawn).map(({ name }) => name)).toEqual(expect.arrayContaining([...unwanted]));
  });

  it('is a page that runs nothing, refers to nothing outside, and shows what is wrong as text', async () => {
    file(
      'logs/stepwise.log',
      '2026-01-02T03:04:05.000Z error usb      1-2   <script src="https://x.example/a.js">',
    );
    const [index] = assemble(await draw(), new Set());
    const page = Buffer.from(index?.bytes ?? []).toString();
    expect(page).toContain('&lt;script src=');
    expect(page).not.toMatch(/<script|<link|<img|@import|url\(|href=|src="(?!&)/);
    expect(page).toContain("default-src 'none'");
  });

  it('tells an update that was cut off as one that did not come to its end', async () => {
    const log = file(
      'logs/stepwise.log',
      [
        '2026-01-02T03:04:05.000Z info  update   1-2   job-1 begins: update 2.0.0',
        '2026-01-02T03:04:06.000Z debug update   1-2   {"type":"phase","phase":"erase"}',
        '2026-01-02T03:04:09.000Z warn  update   1-2   {"type":"recovery","rung":"clear","because":"stuck"}',
      ].join('\n'),
    );
    const cutOff = await draw();
    expect(cutOff.sections.stories).toMatchObject([
      {
        what: 'update 2.0.0',
        device: '1-2',
        end: 'unfinished',
        steps: [{ what: 'erase' }, { what: 'recovery by clear: stuck', level: 'warn' }],
      },
    ]);
    appendFileSync(log, '\n2026-01-02T03:04:12.000Z info  update   1-2   job-1 is done {}');
    expect((await draw()).sections.stories).toMatchObject([{ end: 'done' }]);
  });
});

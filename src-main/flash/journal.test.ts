import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FirmwareImage } from '../firmware/image.ts';
import { imageHash, Journal, type JournalEntry } from './journal.ts';

let folder: string;
let journal: Journal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stepwise-journal-'));
  journal = new Journal(join(folder, 'updates'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const device = { path: '1-2.4', serial: '200364500000' };
const entry: JournalEntry = {
  device,
  image: 'a'.repeat(64),
  name: 'firmware 2.0',
  started: '2026-01-01T00:00:00.000Z',
  preserved: [{ address: 0x0801_f000, bytes: Uint8Array.of(1, 2, 0xff, 0) }],
};
const fileOf = async () => join(folder, 'updates', (await readdir(join(folder, 'updates')))[0] ?? '');

describe('the journal', () => {
  test('gives back what was written, byte for byte', async () => {
    await journal.write(entry);
    expect(await journal.read(device)).toEqual({ kind: 'interrupted', entry });
    expect(await journal.list()).toEqual([entry]);
  });

  test('knows nothing of a device that was never updated, or whose update is finished', async () => {
    expect(await journal.read(device)).toEqual({ kind: 'none' });
    expect(await journal.list()).toEqual([]);
    await journal.write(entry);
    await journal.remove(device);
    expect(await journal.read(device)).toEqual({ kind: 'none' });
    await journal.remove(device);
  });

  test('keeps devices apart by port and by serial, also one without a serial', async () => {
    const others = [
      { path: '1-2.3', serial: device.serial },
      { path: device.path, serial: 'other' },
      { path: device.path, serial: undefined },
    ];
    await journal.write(entry);
    for (const other of others) expect(await journal.read(other)).toEqual({ kind: 'none' });
    for (const other of others) await journal.write({ ...entry, device: other });
    expect(await journal.list()).toHaveLength(4);
    expect(await journal.read(device)).toEqual({ kind: 'interrupted', entry });
  });

  test('replaces an entry and leaves no temporary file behind', async () => {
    await journal.write(entry);
    await journal.write({ ...entry, preserved: [] });
    expect(await journal.read(device)).toMatchObject({ entry: { preserved: [] } });
    expect(await readdir(join(folder, 'updates'))).toHaveLength(1);
  });

  test.each([
    ['cut short', (text: string) => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['of another version', (text: string) => text.replace('"version":1', '"version":2')],
    ['of another device', (text: string) => text.replace('1-2.4', '1-9')],
    [
      'with overlapping bytes',
      (text: string) => text.replace(/"preserved":\[(\{.*?\})\]/, '"preserved":[$1,$1]'),
    ],
    ['with an address outside the chip', (text: string) => text.replace('134344704', '-1')],
    ['not base64', (text: string) => text.replace('AQL/AA==', '*')],
  ])('sets a file aside that is %s, and goes on', async (_what, damage) => {
    await journal.write(entry);
    const file = await fileOf();
    const text = await readFile(file, 'utf8');
    expect(damage(text)).not.toBe(text);
    await writeFile(file, damage(text));
    expect(await journal.read(device)).toEqual({ kind: 'damaged', movedTo: `${file}.damaged` });
    expect(await readFile(`${file}.damaged`, 'utf8')).toBe(damage(text));
    expect(await journal.read(device)).toEqual({ kind: 'none' });
  });

  test('names the file and the operation where the disk does not play along', async () => {
    await writeFile(join(folder, 'updates'), 'a file where the folder should be');
    const failure = { code: 'host-file', facts: expect.objectContaining({ operation: 'write' }) as unknown };
    await expect(journal.write(entry)).rejects.toMatchObject(failure);
    await expect(journal.list()).rejects.toMatchObject({ code: 'host-file' });
    await expect(journal.read(device)).rejects.toMatchObject({ code: 'host-file' });
  });

  test('makes a harmless file name of whatever a device calls itself', async () => {
    const hostile = { path: '../../1-1', serial: '../../../etc/passwd\0\n' };
    await journal.write({ ...entry, device: hostile });
    expect(await readdir(folder)).toEqual(['updates']);
    expect(await journal.read(hostile)).toMatchObject({ kind: 'interrupted' });
  });
});

describe('imageHash', () => {
  const image = (address: number, ...bytes: number[]) =>
    FirmwareImage.from([{ address, bytes: Uint8Array.from(bytes) }]);
  test('is the same for the same bytes at the same addresses, whatever the file said besides', () => {
    const same = FirmwareImage.from(image(0x100, 1, 2).ranges, { name: 'x', vendorId: 1 });
    expect(imageHash(same)).toBe(imageHash(image(0x100, 1, 2)));
  });
  test('differs where an address or a byte does', () => {
    const hashes = [image(0x100, 1, 2), image(0x101, 1, 2), image(0x100, 1, 3), image(0x100, 1)].map(
      imageHash,
    );
    expect(new Set(hashes).size).toBe(4);
  });
});

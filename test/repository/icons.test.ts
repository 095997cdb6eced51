import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { drawIcons } from '../../scripts/packaging/icons.ts';

const folder = await mkdtemp(join(tmpdir(), 'stepwise-icons-'));
/** Red above, blue below, nothing around: what is up, which colour is which, and what is transparent can be told. */
const FLAG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">
  <rect x="2" y="0" width="4" height="4" fill="#ff0000"/><rect x="2" y="4" width="4" height="4" fill="#0000ff"/></svg>`;
const RED = [255, 0, 0, 255];
const BLUE = [0, 0, 255, 255];

beforeAll(async () => {
  await writeFile(join(folder, 'flag.svg'), FLAG);
  await drawIcons(join(folder, 'flag.svg'), folder);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The colours in the middle of the upper and the lower half, and of the left edge. */
async function seen(
  png: Buffer,
): Promise<{ size: number; upper: number[]; lower: number[]; edge: number[] }> {
  const { data, info } = await sharp(png).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => {
    const start = (Math.floor(y * info.height) * info.width + Math.floor(x * info.width)) * 4;
    return [...data.subarray(start, start + 4)];
  };
  return { size: info.width, upper: at(0.5, 0.25), lower: at(0.5, 0.75), edge: at(0, 0.5) };
}

test('Linux gets a picture of each size', async () => {
  const names = await readdir(join(folder, 'png'));
  expect(names).toHaveLength(9);
  for (const name of names) {
    const picture = await seen(await readFile(join(folder, 'png', name)));
    expect(name).toBe(`${picture.size}x${picture.size}.png`);
    expect(picture).toMatchObject({ upper: RED, lower: BLUE });
    expect(picture.edge[3]).toBe(0);
  }
});

test('Windows gets bitmaps, the right way up, and a PNG for the largest', async () => {
  const ico = await readFile(join(folder, 'icon.ico'));
  const sizes: number[] = [];
  for (let entry = 6; entry < 6 + 16 * ico.readUInt16LE(4); entry += 16) {
    const size = ico.readUInt8(entry) || 256;
    const length = ico.readUInt32LE(entry + 8);
    const content = ico.subarray(ico.readUInt32LE(entry + 12)).subarray(0, length);
    expect(content.length).toBe(length);
    sizes.push(size);
    if (size === 256) {
      expect(await seen(content)).toMatchObject({ size: 256, upper: RED, lower: BLUE });
      continue;
    }
    expect([content.readUInt32LE(0), content.readInt32LE(4), content.readInt32LE(8)]).toEqual([
      40,
      size,
      2 * size,
    ]);
    // Rows from the bottom up, BGRA.
    const pixel = (x: number, fromBottom: number) => [
      ...content.subarray(40 + (fromBottom * size + x) * 4).subarray(0, 4),
    ];
    expect(pixel(size / 2, Math.floor(size / 4))).toEqual([255, 0, 0, 255]);
    expect(pixel(size / 2, Math.floor((3 * size) / 4))).toEqual([0, 0, 255, 255]);
    expect(pixel(0, size / 2)[3]).toBe(0);
  }
  expect(sizes).toEqual([16, 20, 24, 32, 40, 48, 64, 128, 256]);
});

test('macOS gets a container whose parts are as long as it says', async () => {
  const icns = await readFile(join(folder, 'icon.icns'));
  expect(icns.toString('latin1', 0, 4)).toBe('icns');
  expect(icns.readUInt32BE(4)).toBe(icns.length);
  const parts: string[] = [];
  for (let at = 8; at < icns.length; at += icns.readUInt32BE(at + 4)) {
    const picture = await seen(icns.subarray(at + 8, at + icns.readUInt32BE(at + 4)));
    expect(picture).toMatchObject({ upper: RED, lower: BLUE });
    parts.push(`${icns.toString('latin1', at, at + 4)} ${picture.size}`);
  }
  expect(parts).toContain('ic10 1024');
  expect(parts).toHaveLength(10);
});

test('a picture that is no square SVG is refused', async () => {
  const wide = join(folder, 'wide.svg');
  await writeFile(wide, FLAG.replace('0 0 8 8', '0 0 16 8'));
  await expect(drawIcons(wide, folder)).rejects.toThrow('must be a square SVG');
  await expect(drawIcons(join(folder, 'png/16x16.png'), folder)).rejects.toThrow('must be a square SVG');
});

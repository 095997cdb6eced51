/**
 * The icons of every system from one square SVG: a folder of PNGs for Linux, an ICO for Windows, an ICNS for macOS. The
 * two are containers of pictures, so the pictures are all that is drawn.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

/** Edges in pixels. */
const LINUX_SIZES = [16, 24, 32, 48, 64, 96, 128, 256, 512] as const;
const WINDOWS_SIZES = [16, 20, 24, 32, 40, 48, 64, 128] as const;
const LARGEST_WINDOWS_SIZE = 256;

/** Type of the entry and edge of its PNG; those of a doubled resolution have types of their own. */
const APPLE_ENTRIES = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
] as const;

/** Writes `png/16x16.png` and its like, `icon.ico` and `icon.icns` into the folder. @throws where the file is no SVG */
export async function drawIcons(svgFile: string, folder: string): Promise<void> {
  const svg = await readFile(svgFile);
  const { format, width, height } = await sharp(svg).metadata();
  if (format !== 'svg' || width !== height)
    throw new Error(`${svgFile}: the icon must be a square SVG, and this is ${format}, ${width} × ${height}`);
  await mkdir(join(folder, 'png'), { recursive: true });
  for (const size of LINUX_SIZES)
    await writeFile(join(folder, 'png', `${size}x${size}.png`), await png(svg, size));
  await writeFile(join(folder, 'icon.ico'), await ico(svg));
  await writeFile(join(folder, 'icon.icns'), await icns(svg));
}

/** Drawn at its size, not shrunk from a larger picture: lines stay sharp. */
function drawn(svg: Buffer, size: number): Sharp {
  return sharp(svg).resize(size, size).ensureAlpha();
}

function png(svg: Buffer, size: number): Promise<Buffer> {
  return drawn(svg, size).png({ compressionLevel: 9 }).toBuffer();
}

/** Windows takes a PNG for the largest size alone; programs that read the others expect bitmaps. */
async function ico(svg: Buffer): Promise<Buffer> {
  const pictures: { size: number; bytes: Buffer }[] = [];
  for (const size of WINDOWS_SIZES) pictures.push({ size, bytes: await bitmap(svg, size) });
  pictures.push({ size: LARGEST_WINDOWS_SIZE, bytes: await png(svg, LARGEST_WINDOWS_SIZE) });

  const header = Buffer.alloc(6 + 16 * pictures.length);
  header.writeUInt16LE(1, 2);
  header.writeUInt16LE(pictures.length, 4);
  let offset = header.length;
  for (const [at, { size, bytes }] of pictures.entries()) {
    const entry = 6 + 16 * at;
    // 256 is written as 0.
    header.writeUInt8(size % 256, entry);
    header.writeUInt8(size % 256, entry + 1);
    header.writeUInt16LE(1, entry + 4);
    header.writeUInt16LE(32, entry + 6);
    header.writeUInt32LE(bytes.length, entry + 8);
    header.writeUInt32LE(offset, entry + 12);
    offset += bytes.length;
  }
  return Buffer.concat([header, ...pictures.map(({ bytes }) => bytes)]);
}

/** BITMAPINFOHEADER, rows from the bottom up as BGRA, and a mask that masks nothing: transparency is in the colours. */
async function bitmap(svg: Buffer, size: number): Promise<Buffer> {
  const pixels = await drawn(svg, size).raw().toBuffer();
  const maskRow = Math.ceil(size / 32) * 4;
  const header = Buffer.alloc(40);
  header.writeUInt32LE(header.length, 0);
  header.writeInt32LE(size, 4);
  // Colours and mask lie on top of each other.
  header.writeInt32LE(2 * size, 8);
  header.writeUInt16LE(1, 12);
  header.writeUInt16LE(32, 14);
  header.writeUInt32LE(size * size * 4 + size * maskRow, 20);
  const colours = Buffer.alloc(size * size * 4);
  for (let y = 0; y < size; y++) {
    const row = pixels.subarray(y * size * 4, (y + 1) * size * 4);
    for (let x = 0; x < size * 4; x += 4) {
      const [red = 0, green = 0, blue = 0, alpha = 0] = row.subarray(x, x + 4);
      colours.set([blue, green, red, alpha], (size - 1 - y) * size * 4 + x);
    }
  }
  return Buffer.concat([header, colours, Buffer.alloc(size * maskRow)]);
}

async function icns(svg: Buffer): Promise<Buffer> {
  const entries: Buffer[] = [];
  for (const [type, size] of APPLE_ENTRIES) {
    const bytes = await png(svg, size);
    entries.push(chunk(type, bytes.length), bytes);
  }
  const length = entries.reduce((sum, { length }) => sum + length, 0);
  return Buffer.concat([chunk('icns', length), ...entries]);
}

/** Its length counts itself. */
function chunk(type: string, contentLength: number): Buffer {
  const header = Buffer.alloc(8);
  header.write(type, 0, 'latin1');
  header.writeUInt32BE(8 + contentLength, 4);
  return header;
}

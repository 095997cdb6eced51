/** Whether the pictures a maker names are there, are pictures, and will look as they were drawn. */
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Product } from '../../shared/product.ts';
import { LARGEST_PICTURE } from '../../src-main/services/product-pictures.ts';
import type { Finding } from './check.ts';

/** Pixels a side: less is coarse on every screen, more only costs memory. */
const [LEAST_PIXELS, MOST_PIXELS] = [32, 2048];

export async function pictureFindings(folder: string, product: Product): Promise<readonly Finding[]> {
  const findings = await Promise.all(named(product).map((each) => findingsOf(folder, each)));
  return findings.flat();
}

interface Named {
  readonly where: string;
  readonly file: string;
  readonly square: boolean;
}

function named({ logo, logoOnDark, packaging, products }: Product): readonly Named[] {
  const pictures: readonly (readonly [string, string | undefined, boolean])[] = [
    ['logo', logo, false],
    ['logoOnDark', logoOnDark, false],
    ['packaging.icon', packaging?.icon, true],
    ...products.flatMap(({ picture, enter }, line) => [
      [`products[${line}].picture`, picture, false] as const,
      ...enter.map((step, at) => [`products[${line}].enter[${at}].picture`, step.picture, false] as const),
    ]),
  ];
  return pictures.flatMap(([where, file, square]) => (file === undefined ? [] : [{ where, file, square }]));
}

async function findingsOf(folder: string, { where, file, square }: Named): Promise<readonly Finding[]> {
  const fault = (what: string): readonly Finding[] => [{ kind: 'fault', where, what: `${file} ${what}` }];
  if (basename(file) !== file) return fault('must lie beside product.json: a name without a folder');
  const bytes = await readFile(join(folder, file)).catch(() => undefined);
  if (!bytes) return fault('is not in the folder');
  if (bytes.length > LARGEST_PICTURE)
    return fault(`has ${bytes.length} bytes, at most ${LARGEST_PICTURE} are allowed`);
  const look = { '.svg': svgSize, '.png': pngSize }[extname(file).toLowerCase()];
  if (!look) return fault('is neither an SVG nor a PNG');
  const size = look(bytes);
  if (typeof size === 'string') return fault(size);
  const { width, height } = size;
  if (square && width !== height) return fault(`is ${width} × ${height}; it must be square`);
  return extname(file).toLowerCase() === '.svg' ? svgFindings(where, file, bytes) : [];
}

type Size = { readonly width: number; readonly height: number } | string;

/** ISO/IEC 15948: the signature, then IHDR with width and height. */
function pngSize(bytes: Buffer): Size {
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  if (bytes.length < 24 || !bytes.subarray(0, 8).equals(signature)) return 'is no PNG, whatever it is called';
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const sane = [width, height].every((side) => side >= LEAST_PIXELS && side <= MOST_PIXELS);
  return sane
    ? { width, height }
    : `is ${width} × ${height} pixels; ${LEAST_PIXELS} to ${MOST_PIXELS} a side are allowed`;
}

function svgSize(bytes: Buffer): Size {
  const [root] = /<svg\b[^>]*>/.exec(bytes.toString('utf8')) ?? [];
  if (root === undefined) return 'is no SVG, whatever it is called';
  const [, box] = /\bviewBox\s*=\s*["']([^"']+)["']/.exec(root) ?? [];
  const [, , width, height] = (box ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  if (!((width ?? 0) > 0 && (height ?? 0) > 0)) return 'has no viewBox, so nobody can tell its size';
  return { width: width ?? 0, height: height ?? 0 };
}

/** A picture runs nothing, loads nothing, and takes no colour from the page: what is drawn otherwise is not seen. */
function svgFindings(where: string, file: string, bytes: Buffer): readonly Finding[] {
  const text = bytes.toString('utf8');
  const unseen = [
    [/<script\b|\son\w+\s*=/i, 'has a script, which does not run in a picture'],
    [/(?:href|src)\s*=\s*["'](?!#|data:)/i, 'wants to load another file, which a picture may not'],
    [/<text\b/i, 'has text, which looks different with the fonts of each computer: make it paths'],
    [/currentColor/, 'uses currentColor, which is black in a picture'],
  ] as const;
  return unseen
    .filter(([sign]) => sign.test(text))
    .map(([, what]) => ({ kind: 'advice', where, what: `${file} ${what}` }));
}

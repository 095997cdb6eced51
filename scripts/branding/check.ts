/** What is wrong with a maker's folder, and what could be better, before anybody builds an application from it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { accentOn, contrast, GROUNDS, READABLE } from '../../shared/contrast.ts';
import { isFailure } from '../../shared/failure.ts';
import type { LocalText } from '../../shared/locale.ts';
import type { Product, ProductLine } from '../../shared/product.ts';
import { expiredAt, NOTHING_TRUSTED, verifyTexts } from '../../src-main/catalog/trusted-metadata.ts';
import { parsedProduct } from '../../src-main/services/product.ts';
import { FAMILIES } from '../../src-main/stm32/families.ts';
import { pictureFindings } from './pictures-check.ts';
import { ruleFindings } from './rule-check.ts';

/** A fault ends in a bad application; advice is for the maker to weigh. */
export interface Finding {
  readonly kind: 'fault' | 'advice';
  /** Path in product.json, or a file. */
  readonly where: string;
  readonly what: string;
}

export interface CheckedBranding {
  /** Absent where product.json is not right. */
  readonly product?: Product;
  readonly findings: readonly Finding[];
}

/** Never rejects for what a maker can write. @param today ISO 8601 */
export async function checkBranding(folder: string, today: string): Promise<CheckedBranding> {
  try {
    const product = await parsedProduct(folder);
    const findings = [
      ...textFindings(product),
      ...lineFindings(product),
      ...accentFindings(product),
      ...(await pictureFindings(folder, product)),
      ...(await rootFindings(folder, product, today)),
      ...(await ruleFindings(folder, product)),
    ];
    return { product, findings };
  } catch (error) {
    if (!isFailure(error, 'host-file')) throw error;
    const { path, detail } = error.facts;
    return {
      findings: detail.split('\n').map((line) => {
        const [, where, what] = /^([^\s:]+): (.*)$/.exec(line) ?? [];
        return { kind: 'fault', where: where ?? path, what: what ?? line };
      }),
    };
  }
}

// -- words -----------------------------------------------------------------------------------------------------------------

/** Whoever chose a language reads all of the application in it. */
function textFindings({ languages, links = [], products }: Product): readonly Finding[] {
  const texts: readonly (readonly [string, Partial<LocalText>])[] = [
    ...links.map(({ text }, at) => [`links[${at}].text`, text] as const),
    ...products.flatMap(({ enter }, line) =>
      enter.map(({ text }, at) => [`products[${line}].enter[${at}].text`, text] as const),
    ),
  ];
  return texts.flatMap(([where, text]) =>
    languages
      .filter((language) => text[language] === undefined)
      .map((language) => ({
        kind: 'fault' as const,
        where,
        what: `is not there in ${language}; English would be shown`,
      })),
  );
}

// -- products --------------------------------------------------------------------------------------------------------------

function lineFindings({ products, catalog, support }: Product): readonly Finding[] {
  const known = new Set(FAMILIES.map(({ deviceId }) => deviceId));
  const each = products.flatMap((line, number): readonly Finding[] => {
    const at = `products[${number}]`;
    const strange = line.families.flatMap((id, place): readonly Finding[] =>
      known.has(id)
        ? []
        : [
            {
              kind: 'fault',
              where: `${at}.families[${place}]`,
              what: `0x${id.toString(16)} is no chip whose bootloader speaks DfuSe`,
            },
          ],
    );
    const unexplained: readonly Finding[] =
      line.enter.length > 0
        ? []
        : [{ kind: 'advice', where: `${at}.enter`, what: 'nobody is told how it comes into its bootloader' }];
    const without: readonly Finding[] =
      catalog || line.policy.files
        ? []
        : [
            {
              kind: 'fault',
              where: `${at}.policy.files`,
              what: 'there is no catalog and no file is allowed: no firmware can come from anywhere',
            },
          ];
    return [...strange, ...unexplained, ...without];
  });
  const helpless: readonly Finding[] =
    support.url === undefined && support.email === undefined
      ? [{ kind: 'advice', where: 'support', what: 'customers find nobody to turn to' }]
      : [];
  return [...each, ...alike(products), ...helpless];
}

/** Products that nothing tells apart before their application was seen: the person is asked. */
function alike(products: readonly ProductLine[]): readonly Finding[] {
  return products.flatMap((line, at) => {
    const same = products.slice(at + 1).find((other) => shareChip(line, other));
    return same
      ? [
          {
            kind: 'advice' as const,
            where: `products[${at}].families`,
            what: `in its bootloader ${line.name} looks like ${same.name}: the person is asked which it is`,
          },
        ]
      : [];
  });
}

function shareChip(a: ProductLine, b: ProductLine): boolean {
  if (a.bootloader || b.bootloader)
    return a.bootloader !== undefined && JSON.stringify(a.bootloader) === JSON.stringify(b.bootloader);
  return a.families.length === 0
    ? b.families.length === 0
    : a.families.some((family) => b.families.includes(family));
}

// -- colour ----------------------------------------------------------------------------------------------------------------

function accentFindings({ accent }: Product): readonly Finding[] {
  return Object.entries(GROUNDS).flatMap(([theme, ground]) => {
    const measured = contrast(accent, ground);
    if (measured >= READABLE) return [];
    const what = `is hard to read on ${theme} grounds (${measured.toFixed(1)} : 1, ${READABLE} is needed): shown as ${accentOn(ground, accent).accent} there`;
    return [{ kind: 'advice' as const, where: 'accent', what }];
  });
}

// -- trust -----------------------------------------------------------------------------------------------------------------

const DAY = 86_400_000;
/** A root that is over in an application that is new is a root nobody could follow any more. */
const ROOT_SOON = 90 * DAY;

async function rootFindings(
  folder: string,
  { catalog }: Product,
  today: string,
): Promise<readonly Finding[]> {
  if (!catalog) return [];
  const where = catalog.root;
  const text = await readFile(join(folder, catalog.root), 'utf8').catch(() => undefined);
  if (text === undefined) return [{ kind: 'fault', where, what: 'is not in the folder' }];
  try {
    const verified = verifyTexts(text, NOTHING_TRUSTED);
    const over = expiredAt(verified, today);
    // The specification lets a client begin with an old root (§5.3.10): it only has to find a newer one.
    if (over) return [{ kind: 'fault', where, what: `is over since ${over.since}: take the newest one` }];
    const soon = new Date(Date.parse(today) + ROOT_SOON).toISOString();
    const ending = expiredAt(verified, soon);
    return ending ? [{ kind: 'advice', where, what: `is over on ${ending.since}, within 90 days` }] : [];
  } catch (error) {
    const what = `is no root of trust: ${error instanceof Error ? error.message : String(error)}`;
    return [{ kind: 'fault', where, what }];
  }
}

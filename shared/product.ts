/**
 * What the maker says in `resources/product.json`: whose application this is, for which products, and what their
 * customers may do. Nothing in the program knows a particular product. What each field means stands in its description:
 * editors show it (`resources/product.schema.json`), and `docs/branding.md` lists it.
 */
import { z } from 'zod';
import { locale, locales, type Locale } from './locale.ts';

/** Makers know these numbers in hexadecimal, and JSON has none: both are taken. */
function number(digits: number, example: string) {
  const most = 16 ** digits - 1;
  const hexadecimal = z.string().regex(new RegExp(`^0x[0-9a-fA-F]{1,${digits}}$`));
  return z.union([z.int().min(0).max(most), hexadecimal.transform(Number)], {
    error: `must be a number up to 0x${most.toString(16).toUpperCase()}, written like ${example}`,
  });
}

const usbId = number(4, '"0x0483"');
const deviceId = number(3, '"0x450"');
const address = number(8, '"0x08000000"');

const name = (what: string) => z.string().min(1).max(60).describe(what);

/** For the screens itself, as a `data:` address. */
const picture = (what: string) =>
  z.string().min(1).optional().describe(`${what}: an SVG or PNG beside product.json`);

const httpsAddress = z.url({ protocol: /^https$/, error: 'must be an address that begins with https://' });

/** Folder of signed files; https, or this computer itself for trying. */
const folderAddress = z
  .url({ protocol: /^https?$/, error: 'must be an address that begins with https://' })
  .refine(isSecure, { error: 'must begin with https://: anything else can be changed on the way' });

/** Nobody can listen in or change anything on the way: by https, or because it never leaves this computer. */
export function isSecure(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
  );
}

/** What the packages of the application are called, and who signs them. */
const packaging = z
  .strictObject({
    appId: z
      .string()
      .regex(/^[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z0-9][a-zA-Z0-9-]*)+$/, {
        error: 'must be written like "com.maker.updater"',
      })
      .describe(
        'reverse domain of the maker and a name; it stays for ever, or an update installs a second application',
      ),
    publisherName: z
      .string()
      .min(1)
      .optional()
      .describe(
        'as it stands in the certificate that signs the Windows packages: an update by anybody else is refused',
      ),
    homepage: httpsAddress.optional().describe('page of the application, for the systems that show one'),
    contact: z
      .email({ error: 'must be an address like "packages@maker.example"' })
      .optional()
      .describe('who answers for the Linux packages'),
    icon: z.string().min(1).describe('a square SVG beside product.json'),
  })
  .readonly();
export type Packaging = z.infer<typeof packaging>;

/** English always; another language only if the program speaks it. */
const text = z
  .strictObject({
    en: z.string().min(1),
    ...(Object.fromEntries(
      locales.filter((tag) => tag !== 'en').map((tag) => [tag, z.string().min(1).optional()]),
    ) as Record<Exclude<Locale, 'en'>, z.ZodOptional<z.ZodString>>),
  })
  .readonly();

const application = z
  .strictObject({
    vendorId: usbId.describe('USB vendor ID of the running application'),
    productId: usbId.describe('USB product ID of the running application'),
    name: z
      .string()
      .min(1)
      .optional()
      .describe('its USB product string, where several products share these IDs'),
    version: z
      .literal('device-version')
      .optional()
      .describe('where the application tells its version: bcdDevice, read as major.minor'),
  })
  .readonly();

const bootloader = z
  .strictObject({
    vendorId: usbId.describe('USB vendor ID of the bootloader'),
    productId: usbId.describe('USB product ID of the bootloader'),
    name: z.string().min(1).optional().describe('its USB product string, where others share these IDs'),
  })
  .readonly();

const range = z
  .strictObject({
    start: address.describe('first address'),
    end: address.describe('first address behind it'),
  })
  .refine(({ start, end }) => start < end, { error: 'start must be before end' })
  .readonly();

const policy = z
  .strictObject({
    files: z.boolean().describe('firmware may come from a file, which nobody signed'),
    downgrade: z.boolean().describe('an older version may go over a newer one, if the person agrees'),
    unprotect: z
      .boolean()
      .describe('a read-protected device may be unlocked, which erases it, if the person agrees'),
    vectorTableLast: z
      .boolean()
      .describe('the first sector is erased first and written last: half an update never starts'),
    allowed: z
      .array(range)
      .min(1)
      .readonly()
      .optional()
      .describe('where firmware may lie; anywhere in flash without it'),
    start: z
      .enum(['leave', 'replug'])
      .describe('how the application starts after an update: the bootloader is left, or by a replug'),
  })
  .readonly();

const step = z
  .strictObject({
    text: text.describe('what the person does, one thing'),
    picture: picture('how that looks'),
  })
  .readonly();

export const productLine = z
  .strictObject({
    id: z
      .string()
      .regex(/^[a-z0-9-]{1,64}$/, { error: 'must be small letters, digits and hyphens' })
      .describe('what releases name it by; it stays for ever'),
    name: name('what customers call it'),
    families: z.array(deviceId).readonly().describe('STM32 device IDs of the chips in it; none means any'),
    application: application.optional().describe('how the product shows itself on USB while it runs'),
    bootloader: bootloader
      .optional()
      .describe("a DfuSe bootloader of the product's own; without it, ST's in the chip's ROM"),
    picture: picture('the product'),
    enter: z.array(step).max(8).readonly().describe('how a person brings it into its bootloader'),
    policy: policy.describe('what customers may do with it'),
  })
  .readonly();
export type ProductLine = z.infer<typeof productLine>;

const catalogPlace = z
  .strictObject({
    url: folderAddress.describe('folder with metadata/ and targets/'),
    root: z.string().min(1).describe('the first root of trust, a file beside product.json: root.json of TUF'),
  })
  .readonly();

const link = z
  .strictObject({ text: text.describe('what it leads to'), url: httpsAddress.describe('where it leads') })
  .readonly();

export const product = z
  .strictObject({
    $schema: z.string().optional().describe('product.schema.json, for editors'),
    name: name('name of the application'),
    maker: name('whose it is'),
    accent: z
      .string()
      .regex(/^#[0-9a-fA-F]{6}$/, { error: 'must be a colour written like "#2563EB"' })
      .describe('colour of buttons and marks; moved towards black or white until it can be read'),
    logo: picture('the logo on light grounds'),
    logoOnDark: picture('the logo on dark grounds, where it is another one'),
    languages: z
      .array(locale)
      .min(1)
      .readonly()
      .describe('languages of the application; where the computer has another one, the first'),
    support: z
      .strictObject({
        url: httpsAddress.optional().describe('a page'),
        email: z
          .email({ error: 'must be an address like "support@maker.example"' })
          .optional()
          .describe('a mailbox'),
      })
      .readonly()
      .describe('who helps'),
    links: z
      .array(link)
      .max(6)
      .readonly()
      .optional()
      .describe('pages the settings lead to: manual, shop, privacy'),
    catalog: catalogPlace
      .optional()
      .describe(
        "the maker's signed repository of firmware, and of newer versions of the application; without it customers only choose files",
      ),
    packaging: packaging.optional().describe('the packages of the application; without it nobody makes any'),
    expert: z.boolean().describe("may customers switch to the field's own words and to every detail"),
    products: z.array(productLine).min(1).readonly().describe('what this application is for'),
  })
  .superRefine(({ products }, context) => {
    const ids = products.map(({ id }) => id);
    for (const [at, id] of ids.entries()) {
      if (ids.indexOf(id) !== at)
        context.addIssue({
          code: 'custom',
          path: ['products', at, 'id'],
          message: 'must be its own, not that of another product',
        });
    }
  })
  .readonly();
export type Product = z.infer<typeof product>;

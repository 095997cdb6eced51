/**
 * What the maker says in `resources/product.json`: whose application this is, for which products, and what their
 * customers may do. Nothing in the program knows a particular product.
 */
import { z } from 'zod';
import { locale, localText } from './locale.ts';

const usbId = z.int().min(0).max(0xffff);
const address = z.int().min(0).max(0xffff_ffff);

/** The application of a product, as it shows itself when it runs: how a start is seen, and which version it is. */
const application = z
  .object({
    vendorId: usbId,
    productId: usbId,
    /** Its USB product string, where several products of the maker share these IDs. */
    name: z.string().optional(),
    /** Where the application tells its version: bcdDevice, read as major.minor. */
    version: z.literal('device-version').optional(),
  })
  .readonly();

export const productLine = z
  .object({
    id: z.string().regex(/^[a-z0-9-]+$/),
    name: z.string(),
    /** STM32 device IDs of the chips in it; empty means any. */
    families: z.array(z.int()).readonly(),
    application: application.optional(),
    /** Picture of the product: an SVG or PNG beside product.json; for the screens, itself as a `data:` address. */
    picture: z.string().optional(),
    /** How a person brings it into its bootloader, a step each. */
    enter: z.array(z.object({ text: localText, picture: z.string().optional() }).readonly()).readonly(),
    policy: z
      .object({
        /** Firmware from a file, which nobody signed. */
        files: z.boolean(),
        downgrade: z.boolean(),
        unprotect: z.boolean(),
        vectorTableLast: z.boolean(),
        /** Where images may lie; absent means anywhere in flash. */
        allowed: z
          .array(z.object({ start: address, end: address }).readonly())
          .readonly()
          .optional(),
        /** How the application is started after an update. */
        start: z.enum(['leave', 'replug']),
      })
      .readonly(),
  })
  .readonly();
export type ProductLine = z.infer<typeof productLine>;

/** Where the repository is, and whom to believe there. */
const catalogPlace = z
  .object({
    /** Folder with `metadata/` and `targets/`; https, or this computer itself for trying. */
    url: z.url({ protocol: /^https?$/ }).refine(isSecure, { error: 'only https is safe' }),
    /** The first root of trust, a file beside product.json: `root.json` of TUF. */
    root: z.string().min(1),
  })
  .readonly();

/** Nobody can listen in or change anything on the way: by https, or because it never leaves this computer. */
export function isSecure(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return (
    protocol === 'https:' || (protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(hostname))
  );
}

/** What the packages of the application are called, who signs them, and where newer ones are. */
const packaging = z
  .object({
    /** Reverse domain of the maker and a name; it must stay the same for ever, or an update installs a second application. */
    appId: z.string().regex(/^[a-zA-Z][a-zA-Z0-9-]*(\.[a-zA-Z0-9][a-zA-Z0-9-]*)+$/),
    /** As it stands in the certificate that signs the Windows packages: an update by anybody else is refused. */
    publisherName: z.string().min(1).optional(),
    /** Folder with the newest packages and what describes them; absent where the application does not update itself. */
    updateFeed: z
      .url({ protocol: /^https?$/ })
      .refine(isSecure, { error: 'only https is safe' })
      .optional(),
    homepage: z.url({ protocol: /^https$/ }).optional(),
    /** Who answers for the Linux packages. */
    contact: z.email().optional(),
    /** A square SVG beside product.json. */
    icon: z.string().min(1),
  })
  .readonly();
export type Packaging = z.infer<typeof packaging>;

export const product = z
  .object({
    /** Name of the application. */
    name: z.string().min(1),
    maker: z.string().min(1),
    /** `#RRGGBB`; corrected for contrast on the screen. */
    accent: z.string().regex(/^#[0-9a-fA-F]{6}$/),
    /** An SVG beside product.json. */
    logo: z.string().optional(),
    languages: z.array(locale).min(1).readonly(),
    support: z
      .object({ url: z.url({ protocol: /^https$/ }).optional(), email: z.email().optional() })
      .readonly(),
    /** The maker's signed repository of firmware; absent where customers only choose files. */
    catalog: catalogPlace.optional(),
    /** Absent where nobody makes packages. */
    packaging: packaging.optional(),
    /** May customers switch to the field's own words and to every detail. */
    expert: z.boolean(),
    products: z.array(productLine).min(1).readonly(),
  })
  .readonly();
export type Product = z.infer<typeof product>;

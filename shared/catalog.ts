/** What is known of the maker's repository of firmware, and since when. */
import { z } from 'zod';
import { failure } from './failure.ts';

export const catalogState = z
  .object({
    /**
     * `none`: the product has no repository; `unknown`: never reached yet; `current`: as of `checked`; `stale`: the last
     * check failed, or what was signed has expired since: what was verified before is still good, newer there may be.
     */
    freshness: z.enum(['none', 'unknown', 'current', 'stale']),
    checking: z.boolean(),
    /** When the repository last answered and was believed; ISO 8601. */
    checked: z.string().optional(),
    /** Why the last check did not succeed. */
    failure: failure.optional(),
  })
  .readonly();
export type CatalogState = z.infer<typeof catalogState>;

/** How far a release has come from the repository; bytes. */
export const fetchProgress = z.object({ received: z.int(), total: z.int() }).readonly();
export type FetchProgress = z.infer<typeof fetchProgress>;

/** The maker's signed releases, as commands meet them: which repository, asked when, and what is in it for a device. */
import { Option, type Command } from 'commander';
import type { CatalogState } from '../../../shared/catalog.ts';
import { errorOf, StepwiseError } from '../../../shared/failure.ts';
import type { DeviceIdentity } from '../../../shared/identity.ts';
import type { Product, ProductLine } from '../../../shared/product.ts';
import { channel as channels, type Channel } from '../../../shared/settings.ts';
import type { Catalog } from '../../catalog/catalog.ts';
import { chooseReleases, type Choice, type Chooser } from '../../catalog/choose.ts';
import { oldestAllowed } from '../../catalog/choose-application.ts';
import { Log } from '../../log/log.ts';
import { catalogHere } from '../../services/catalog-here.ts';
import { installationId } from '../../services/installation.ts';
import { linesOfChip } from '../../services/product-lines.ts';
import { readProduct } from '../../services/product.ts';
import { moment } from './quantities.ts';
import type { Run } from './run.ts';
import { stateFolder } from './state-folder.ts';

export interface ReleaseOptions {
  readonly channel?: Channel;
  readonly offline?: boolean;
  readonly product?: string;
  readonly branding?: string;
}

export function addReleaseOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--channel <name>', 'stable, beta or development (stable)').choices(channels.options),
    )
    .option('--offline', 'only what was fetched and verified before')
    .option('--product <id>', 'which product it is, where the chip does not tell')
    .option('--branding <folder>', 'a maker’s product.json and root of trust, in place of the built-in ones');
}

export interface ReleaseSource {
  readonly product: Product;
  readonly catalog: Catalog;
  readonly chooser: Chooser;
}

/**
 * Asks the repository for news, unless told not to. Where that fails and something is known from before, it is said and
 * goes on with that.
 * @throws not-supported where the product has no repository; why it cannot be asked, where nothing is known
 */
export async function openReleases(run: Run, options: ReleaseOptions): Promise<ReleaseSource> {
  const { surroundings, reporter, signal } = run;
  const { network, today, version, platform } = surroundings;
  const { channel = 'stable' } = options;
  const resourcesFolder = options.branding ?? surroundings.resourcesFolder;
  const folder = stateFolder(surroundings);
  const product = await readProduct(resourcesFolder);
  const place = { network, resourcesFolder, stateFolder: folder, today, log: new Log({ today }) };
  const catalog = await catalogHere(place, product);
  if (!catalog)
    throw new StepwiseError('not-supported', { what: 'this product has no repository of signed releases' });
  if (!options.offline) {
    const { failure } = await catalog.check(signal);
    if (failure && catalog.releases.length === 0) throw errorOf(failure);
    if (failure)
      reporter.remark(`The repository could not be asked (${failure.code}): ${freshness(catalog.state)}.`);
  }
  const installation = await installationId(folder);
  return {
    product,
    catalog,
    chooser: {
      channel,
      appVersion: version,
      oldestApp: oldestAllowed(catalog.applications, { version, platform, channel, installation }),
      installation,
    },
  };
}

/** The product this device is. @throws usage where it may be several and nobody said which, or said one it cannot be */
export function lineFor(
  { products }: Product,
  identity: DeviceIdentity,
  wanted: string | undefined,
): ProductLine | undefined {
  const named = products.find(({ id }) => id === wanted);
  const [line, ...others] = linesOfChip(products, identity, named);
  if (wanted !== undefined && line?.id !== wanted)
    throw new StepwiseError('usage', { problem: `A device with this chip is no product ${wanted}.` });
  if (line && others.length > 0) {
    const ids = [line, ...others].map(({ id }) => id).join(', ');
    throw new StepwiseError('usage', { problem: `It may be one of ${ids}: say which with --product.` });
  }
  return line;
}

export function choicesFor(
  { catalog, chooser }: ReleaseSource,
  line: ProductLine | undefined,
  identity?: DeviceIdentity,
): readonly Choice[] {
  return chooseReleases(
    catalog.releases,
    { product: line?.id, identity, version: undefined, mayDowngrade: true },
    chooser,
  );
}

/** `checked just now`, or since when nothing new is known. */
export function freshness({ freshness: state, checked }: CatalogState): string {
  if (state === 'current') return 'checked just now';
  return checked === undefined ? 'never checked' : `as of ${moment(checked)}`;
}

/**
 * The maker's signed repository of firmware, as this computer knows it: which releases there are, how fresh that is, and
 * their bytes. It follows The Update Framework (specification 1.0.31): a stolen server, a stolen online key or an old
 * copy are not enough to put a firmware into a device. Offline it goes on with what was verified before.
 */
import { join } from 'node:path';
import type { CatalogState } from '../../shared/catalog.ts';
import { StepwiseError, toFailure, type Failure } from '../../shared/failure.ts';
import type { Log } from '../log/log.ts';
import { bundledTexts, verifyBoth } from './bundled.ts';
import type { CatalogApplication } from './choose-application.ts';
import type { CatalogRelease } from './choose.ts';
import { certificateFault } from './clock-doubt.ts';
import type { Network } from './fetch.ts';
import type { Files } from '../files/files.ts';
import { look, type Look } from './look.ts';
import { NOTHING_OFFERED, offeredIn, type Offered } from './offered.ts';
import { ReleaseFiles, unlessCancelled, type FetchOptions } from './release-files.ts';
import { checkRegularly } from './schedule.ts';
import { removeLeftScratch } from './scratch.ts';
import { TrustedFolder, type Checks } from './trusted-folder.ts';
import { expiredAt, targetsIn, verifyTexts, type Verified } from './trusted-metadata.ts';

export interface CatalogOptions extends Network {
  /** Of the repository: the folder with `metadata/` and `targets/`. */
  readonly url: string;
  /** `root.json` that ships with the application: where all trust comes from. */
  readonly root: Uint8Array;
  /** For what is known and fetched; nobody else's. */
  readonly folder: string;
  /** Releases that ship with the application, laid out as a repository. */
  readonly bundled?: string;
  readonly files: Files;
  /** Now; ISO 8601. */
  readonly today: () => string;
  readonly log: Log;
  /** Bytes of fetched firmware to keep. */
  readonly capacity?: number;
}

/** What is known before the network was asked. */
interface Loaded {
  readonly shippedRoot: string;
  readonly folder: TrustedFolder;
  readonly verified: Verified;
  readonly checks: Checks;
}

/** All of TUF's steps at least so often, in milliseconds. */
const COMPLETE_EVERY_MS = 7 * 24 * 3_600_000;

export class Catalog {
  readonly #options: CatalogOptions;
  readonly #url: string;
  readonly #shippedRoot: string;
  readonly #folder: TrustedFolder;
  readonly #releaseFiles: ReleaseFiles;
  readonly #closing = new AbortController();
  readonly #listeners = new Set<(state: CatalogState) => void>();
  #verified: Verified;
  #offered: Offered;
  #checks: Checks;
  #failure: Failure | undefined;
  #checking: Promise<void> | undefined;

  /**
   * Does not ask the network, heals a damaged folder, and removes what a fall left behind.
   * @throws Error where the shipped root is none
   */
  static async open(options: CatalogOptions): Promise<Catalog> {
    const { files, log, bundled } = options;
    await removeLeftScratch();
    const shippedRoot = Buffer.from(options.root).toString();
    const folder = new TrustedFolder(files, options.folder, log);
    const kept = await folder.texts();
    const shipped = bundled === undefined ? undefined : await bundledTexts(files, bundled, shippedRoot, log);
    const verified = shipped ? verifyBoth(shippedRoot, kept, shipped) : verifyTexts(shippedRoot, kept);
    return new Catalog(options, { shippedRoot, folder, verified, checks: await folder.checks() });
  }

  private constructor(options: CatalogOptions, { shippedRoot, folder, verified, checks }: Loaded) {
    this.#options = options;
    this.#url = options.url.replace(/\/+$/, '');
    this.#shippedRoot = shippedRoot;
    this.#folder = folder;
    this.#checks = checks;
    this.#releaseFiles = new ReleaseFiles({
      network: options,
      files: options.files,
      url: this.#url,
      folder: join(options.folder, 'releases'),
      bundled: options.bundled,
      capacity: options.capacity,
      closing: this.#closing.signal,
    });
    this.#verified = verified;
    this.#offered = this.#offeredIn(verified);
  }

  get state(): CatalogState {
    const { checked } = this.#checks;
    return {
      freshness: this.#freshness(),
      checking: this.#checking !== undefined,
      ...(checked !== undefined && { checked }),
      ...(this.#failure && { failure: this.#failure }),
    };
  }

  get releases(): readonly CatalogRelease[] {
    return this.#offered.releases;
  }

  /** Of this application itself. */
  get applications(): readonly CatalogApplication[] {
    return this.#offered.applications;
  }

  /** @returns ends the watch */
  watch(listener: (state: CatalogState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks the repository for news; whoever asks meanwhile gets the same answer. Never rejects: what went wrong is in the
   * state.
   * @param signal ends the waiting, not the check, which others may wait for as well
   */
  async check(signal?: AbortSignal): Promise<CatalogState> {
    if (!this.#checking) {
      this.#checking = this.#check().finally(() => {
        this.#checking = undefined;
        this.#tell();
      });
      this.#tell();
    }
    await unlessCancelled(this.#checking, signal).catch(() => undefined);
    return this.state;
  }

  /** Checks now and from then on regularly, until {@link close}. */
  start(): void {
    const { clock, random } = this.#options;
    const check = async () => (await this.check()).failure;
    void checkRegularly(clock, random, this.#closing.signal, check);
  }

  /** Ends what is under way; resolves when nothing touches the folder any more. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#checking;
    await this.#releaseFiles.settled();
  }

  /** It is here, and no network is needed for it. @throws host-file */
  async isHere(target: string): Promise<boolean> {
    const release = this.#find(target);
    return release !== undefined && this.#releaseFiles.has(release);
  }

  /**
   * The bytes of a release, checked against what is signed whether they come from the network or from here.
   * @throws StepwiseError no-release, cancelled, host-file, and what prevented it from being fetched
   */
  async fetch(target: string, options: FetchOptions = {}): Promise<Uint8Array> {
    const release = this.#find(target);
    if (!release) throw new StepwiseError('no-release', { wanted: target });
    return this.#releaseFiles.fetch(release, this.releases, options);
  }

  /**
   * Brings the file of an application to `path`, in a folder that is there: what came before is resumed, and only the
   * bytes that were signed get there.
   * @throws StepwiseError cancelled, host-file, and what prevented it from being fetched
   */
  async bring(application: CatalogApplication, path: string, options: FetchOptions = {}): Promise<void> {
    await this.#releaseFiles.bring(application, path, options);
  }

  // -- what is here ------------------------------------------------------------------------------------------------------

  #offeredIn(verified: Verified): Offered {
    const targets = targetsIn(verified);
    if (!targets) return NOTHING_OFFERED;
    return offeredIn(targets, (target, why) =>
      this.#options.log.write('warn', 'catalog', `${JSON.stringify(target)} is left out: ${why}`),
    );
  }

  #find(target: string): CatalogRelease | undefined {
    return this.releases.find((each) => each.target === target);
  }

  // -- what is there -----------------------------------------------------------------------------------------------------

  async #check(): Promise<void> {
    const { log, today } = this.#options;
    const now = today();
    try {
      const seen = await this.#look(now);
      await this.#keep(seen, now);
      this.#failure = undefined;
    } catch (error) {
      const signed = this.releases.map(({ release }) => release.released);
      this.#failure = toFailure(certificateFault(error, now, signed));
      log.write('warn', 'catalog', `the repository was not believed: ${message(error)}`);
    }
  }

  async #look(now: string): Promise<Look> {
    const { complete } = this.#checks;
    const age = Date.parse(now) - Date.parse(complete ?? '');
    return look(this.#verified, {
      network: this.#options,
      url: this.#url,
      shippedRoot: this.#shippedRoot,
      today: now,
      completely: !(age >= 0 && age < COMPLETE_EVERY_MS),
      signal: this.#closing.signal,
    });
  }

  /** First on disk, then in use: what was believed once must not be forgotten by a fall. */
  async #keep({ verified, wasComplete, failure }: Look, now: string): Promise<void> {
    if (JSON.stringify(verified.texts) !== JSON.stringify(this.#verified.texts)) {
      await this.#folder.keepTexts(verified.texts);
      this.#verified = verified;
      this.#offered = this.#offeredIn(verified);
    }
    if (failure) throw failure;
    this.#checks = { checked: now, complete: wasComplete ? now : this.#checks.complete };
    await this.#folder.keepChecks(this.#checks);
  }

  // -- what is told ------------------------------------------------------------------------------------------------------

  #freshness(): CatalogState['freshness'] {
    const { checked } = this.#checks;
    if (checked === undefined || this.#verified.texts.targets === undefined) return 'unknown';
    const isOver = expiredAt(this.#verified, this.#options.today()) !== undefined;
    return this.#failure || isOver ? 'stale' : 'current';
  }

  #tell(): void {
    for (const listener of this.#listeners) listener(this.state);
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The file for support as the screens ask for it: drawn up, looked through, made. */
import { randomUUID } from 'node:crypto';
import { StepwiseError } from '../../../shared/failure.ts';
import { assemble, bundleName, contentsOf, type Draft } from '../../diagnostics/bundle/draft.ts';
import { pack } from '../../diagnostics/bundle/pack.ts';
import { formatLine } from '../../log/log-files.ts';
import type { Examined } from '../examined.ts';
import type { Handlers, RequestContext } from '../handlers.ts';
import type { House } from '../house.ts';
import { findingsIn } from './device-findings.ts';
import { drawBundle, type SectionSource, type Unsaved } from './draw.ts';
import { systemWords } from './system-words.ts';

/** What is asked of others to draw one up. */
export type Asked = Pick<Handlers, 'catalog.state' | 'diagnose.host' | 'jobs.list'>;

export function bundleHandlers(
  house: House,
  examined: Examined,
  asked: Asked,
): Pick<Handlers, 'bundle.preview' | 'bundle.make'> {
  /** The last one that was looked through. */
  let kept: { readonly id: string; readonly draft: Draft } | undefined;
  return {
    'bundle.preview': async ({ includeSerials }) => {
      const draft = await drawBundle(sourcesOf(house, examined, asked), includeSerials);
      kept = { id: randomUUID(), draft };
      return { draft: kept.id, contents: contentsOf(draft), leftOut: draft.leftOut };
    },
    'bundle.make': async ({ draft: id, without }) => {
      if (kept?.id !== id) throw new StepwiseError('not-found', { what: 'what was looked through' });
      const { draft } = kept;
      const bytes = await pack(assemble(draft, new Set(without)), draft.taken);
      const name = bundleName(draft.taken);
      const { saveAs } = house.surroundings;
      if (!saveAs) return { kind: 'content', name, content: Buffer.from(bytes).toString('base64') };
      const saved = await saveAs(name, bytes);
      return saved === undefined ? { kind: 'cancelled' } : { kind: 'saved', name: saved };
    },
  };
}

function sourcesOf(house: House, examined: Examined, asked: Asked) {
  const { surroundings, product, settings, devices } = house;
  const { stateFolder, screenClock, today, version, versions, host, platform, demo } = surroundings;
  const { incidents, secrets } = surroundings;
  const sections: SectionSource = {
    devices: () => [...devices.list()],
    findings: () => findingsIn(devices.list(), examined.optionBytes),
    examined: () => examined.all.map((each) => ({ ...each })),
    jobs: async () => [...(await asked['jobs.list']({}, alone()))],
    host: async () => [...(await asked['diagnose.host']({}, alone()))],
    settings: () => settings.now,
    catalog: () => asked['catalog.state']({}, alone()),
    incidents: () => [...incidents.all],
  };
  return {
    stateFolder,
    clock: screenClock,
    today,
    secrets: secrets(),
    program: {
      name: product.name,
      version,
      host,
      platform,
      system: systemWords(),
      versions: { ...versions },
      demo: demo !== undefined,
    },
    sections,
    unsaved: () => unsavedOf(house),
  };
}

/** What memory holds, where the disk does not. */
function unsavedOf({ surroundings: { incidents, log }, transcript }: House): readonly Unsaved[] {
  if (!incidents.all.some(({ kind }) => kind === 'log-lost')) return [];
  return [
    { name: 'logs/memory.log', kind: 'log', text: log.read(Infinity).map(formatLine).join('\n') },
    { name: 'transcripts/memory.jsonl', kind: 'transcript', text: transcript() },
  ];
}

/** No screen waits for it, and none gives up on it. */
function alone(): RequestContext<never> {
  return { signal: new AbortController().signal, progress: () => undefined };
}

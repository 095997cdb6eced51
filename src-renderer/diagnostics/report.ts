/** What support needs, in one file of JSON: the same words in every language, so that any support can read it. */
import type { HostCheck, LinkQuality, OptionBytes, SurveyedSector } from '../../shared/diagnosis.ts';
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { LogLine } from '../../shared/log.ts';
import type { About } from '../state/app.svelte.ts';

export interface Examined {
  readonly identity: DeviceIdentity | undefined;
  readonly optionBytes: readonly OptionBytes[] | undefined;
  readonly flash: readonly SurveyedSector[] | undefined;
  readonly link: LinkQuality | undefined;
  readonly host: readonly HostCheck[] | undefined;
}

type Program = Pick<About, 'version' | 'versions' | 'platform' | 'host' | 'demo'>;

/** @param taken ISO 8601. What was not examined is null, so that nobody takes it for forgotten. */
export function report(program: Program, examined: Examined, log: readonly LogLine[], taken: string): string {
  const { version, versions, platform, host, demo } = program;
  const parts = {
    report: 'stepwise-diagnostics',
    format: 1,
    taken,
    program: { version, versions, platform, host, demo },
    identity: examined.identity ?? null,
    optionBytes: examined.optionBytes ?? null,
    flash: examined.flash ?? null,
    link: examined.link ?? null,
    host: examined.host ?? null,
    log,
  };
  return `${JSON.stringify(parts, undefined, 2)}\n`;
}

/** `stepwise-diagnostics-2026-11-23-140507.json`: sorts by time, and is a name everywhere. */
export function reportName(what: string, taken: string, extension: string): string {
  const [day = '', time = ''] = taken.split('T');
  return `stepwise-${what}-${day}-${time.slice(0, 8).replaceAll(':', '')}.${extension}`;
}

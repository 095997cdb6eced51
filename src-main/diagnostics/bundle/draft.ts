/**
 * A bundle before it is packed: everything that can go in, redacted already, so that what a person looks through is
 * what is sent, and what is not wanted is left out by its name.
 */
import { manifest as manifestSchema, MANIFEST_FORMAT, MANIFEST_SCHEMA, sha256 } from './manifest.ts';
import type { BundleContent, ContentKind, LeftOut } from '../../../shared/bundle.ts';
import { bundleReport, REPORT_FORMAT, REPORT_SCHEMA } from './report.ts';
import type { Program, SectionName, Sections } from './report.ts';
import { digestOf } from './digest.ts';
import { summaryPage } from './summary-page.ts';

export type FileKind = Extract<ContentKind, 'log' | 'transcript' | 'crash-dump'>;

export interface DraftFile {
  /** In the bundle: `logs/stepwise.log`. */
  readonly name: string;
  readonly kind: FileKind;
  readonly bytes: Uint8Array;
  /** Goes in unless the person says otherwise. */
  readonly ticked: boolean;
}

export interface Draft {
  /** ISO 8601. */
  readonly taken: string;
  readonly includeSerials: boolean;
  readonly program: Program;
  readonly sections: Sections;
  readonly files: readonly DraftFile[];
  readonly leftOut: readonly LeftOut[];
}

export interface Entry {
  readonly name: string;
  readonly bytes: Uint8Array;
}

export const INDEX = 'index.html';
export const REPORT = 'report.json';
export const MANIFEST = 'manifest.json';

export function contentsOf({ sections, files }: Draft): readonly BundleContent[] {
  return [
    // Of an empty list there is nothing to be left out.
    ...sectionsIn(sections).flatMap(([name, value]) =>
      Array.isArray(value) && value.length === 0
        ? []
        : [{ name, kind: name, size: jsonBytes(value).length, ticked: true }],
    ),
    ...files.map(({ name, kind, bytes, ticked }) => ({ name, kind, size: bytes.length, ticked })),
  ];
}

/** @param unwanted names of {@link contentsOf}. @returns the entries of the bundle, what is to be read first first */
export function assemble(draft: Draft, unwanted: ReadonlySet<string>): readonly Entry[] {
  const { taken, program, includeSerials } = draft;
  const wanted = sectionsIn(draft.sections).filter(([name]) => !unwanted.has(name));
  const files = draft.files.filter(({ name }) => !unwanted.has(name));
  const leftOut = [
    ...draft.leftOut,
    ...contentsOf(draft).flatMap(({ name }) =>
      unwanted.has(name) ? [{ name, why: 'unticked' as const }] : [],
    ),
  ];
  const report = bundleReport.parse({
    format: REPORT_FORMAT,
    schema: REPORT_SCHEMA,
    taken,
    serials: includeSerials ? 'included' : 'hashed',
    program,
    ...Object.fromEntries(wanted),
  });
  const listed = files.map(({ name, bytes }) => ({ name, size: bytes.length }));
  const page = summaryPage(digestOf(report, listed, leftOut));
  const entries: readonly Entry[] = [
    { name: INDEX, bytes: new TextEncoder().encode(page) },
    { name: REPORT, bytes: jsonBytes(report) },
    ...files.map(({ name, bytes }) => ({ name, bytes })),
  ];
  const manifest = manifestSchema.parse({
    format: MANIFEST_FORMAT,
    schema: MANIFEST_SCHEMA,
    made: taken,
    entries: entries.map(({ name, bytes }) => ({ name, size: bytes.length, sha256: sha256(bytes) })),
    leftOut,
  });
  return [...entries, { name: MANIFEST, bytes: jsonBytes(manifest) }];
}

/** `stepwise-bundle-2026-11-23-140507.zip`: sorts by time, and is a name everywhere. @param taken ISO 8601 */
export function bundleName(taken: string): string {
  const [day = '', time = ''] = taken.split('T');
  return `stepwise-bundle-${day}-${time.slice(0, 8).replaceAll(':', '')}.zip`;
}

function sectionsIn(sections: Sections): readonly (readonly [SectionName, unknown])[] {
  return Object.entries(sections).flatMap(([name, value]) =>
    (value as unknown) === undefined ? [] : [[name as SectionName, value] as const],
  );
}

export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(value, undefined, 2)}\n`);
}

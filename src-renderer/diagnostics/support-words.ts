/** What is in the file for support, and why something is not, in the language of the screens. */
import type { ContentKind, LeftOutReason } from '../../shared/bundle.ts';
import * as m from '../paraglide/messages.js';

export const contentWords: Readonly<Record<ContentKind, () => string>> = {
  stories: m.diagnostics_export_kind_stories,
  mishaps: m.diagnostics_export_kind_mishaps,
  devices: m.diagnostics_export_kind_devices,
  findings: m.diagnostics_export_kind_findings,
  examined: m.diagnostics_export_kind_examined,
  jobs: m.diagnostics_export_kind_jobs,
  host: m.diagnostics_export_kind_host,
  settings: m.diagnostics_export_kind_settings,
  catalog: m.diagnostics_export_kind_catalog,
  journals: m.diagnostics_export_kind_journals,
  incidents: m.diagnostics_export_kind_incidents,
  log: m.diagnostics_export_kind_log,
  transcript: m.diagnostics_export_kind_transcript,
  'crash-dump': m.diagnostics_export_kind_crash_dump,
};

export const reasonWords: Readonly<Record<LeftOutReason, () => string>> = {
  unticked: m.diagnostics_export_why_unticked,
  'too-large': m.diagnostics_export_why_too_large,
  'no-time': m.diagnostics_export_why_no_time,
  'did-not-answer': m.diagnostics_export_why_did_not_answer,
  unreadable: m.diagnostics_export_why_unreadable,
  symlink: m.diagnostics_export_why_symlink,
  firmware: m.diagnostics_export_why_firmware,
  personal: m.diagnostics_export_why_personal,
};

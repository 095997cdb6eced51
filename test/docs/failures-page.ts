/** docs/reference/failures.md: every failure with its cause and its remedy, as the command line says them. */
import type { z } from 'zod';
import { failureCodes, failureFacts, type Failure, type FailureCode } from '../../shared/failure.ts';
import { exitCodeOf } from '../../src-main/hosts/cli/exit-code.ts';
import { wordsOf, type Words } from '../../src-main/hosts/cli/words/failures.ts';
import { samplesOf } from '../rig/failure-samples.ts';
import { list, page, plain, table } from './markdown.ts';

const SYSTEMS = [
  ['Linux', 'linux'],
  ['Windows', 'win32'],
  ['macOS', 'darwin'],
] as const;

export function failuresPage(): string {
  return page(
    'All failures',
    'Everything that can go wrong has a code, and the same code in the app, at the command line, in its JSON, in logs and ' +
      'in bundles. Here is each of them with its words at the command line, with an example for what changes from case to ' +
      'case. What a customer reads instead is in [What the app says](messages.md).',
    table(
      ['code', 'what is the matter', 'exit code'],
      failureCodes.map((code) => [
        `[\`${code}\`](#${code})`,
        plain(spoken(samplesOf(code)[0]).title),
        String(exitCodeOf(code)),
      ]),
    ),
    ...failureCodes.map(section),
  );
}

function section(code: FailureCode): string {
  const shape: Readonly<Record<string, z.ZodType>> = failureFacts[code].shape;
  const facts = Object.entries(shape).map(
    ([name, schema]) => `\`${name}\`${schema.safeParse(undefined).success ? ' (not always)' : ''}`,
  );
  return [`## ${code}`, `Exit code ${exitCodeOf(code)}. Facts: ${facts.join(', ')}.`, ...said(code)].join(
    '\n\n',
  );
}

/** What is said, once for all systems that say the same; of one code with many reasons a table. */
function said(code: FailureCode): readonly string[] {
  const samples = samplesOf(code);
  const reasons = samples.flatMap((failure) => reasonOf(failure) ?? []);
  if (reasons.length > 0) return [reasonsTable(samples)];
  const [sample] = samples;
  const bySystem = new Map<string, readonly string[]>();
  for (const [system, platform] of SYSTEMS) {
    const words = inWords(spoken(sample, platform));
    bySystem.set(words, [...(bySystem.get(words) ?? []), system]);
  }
  return [...bySystem].map(([words, systems]) =>
    systems.length === SYSTEMS.length ? words : `_${systems.join(' and ')}:_ ${words}`,
  );
}

function reasonsTable(samples: readonly Failure[]): string {
  const rows = new Map(
    samples.map((failure) => {
      const reason = reasonOf(failure) ?? '';
      const { title, now } = spoken(failure);
      return [reason, [`\`${reason}\``, plain(title), plain(now.join(' '))]];
    }),
  );
  return table(['reason', 'what is the matter', 'what to do'], [...rows.values()]);
}

function reasonOf({ code, facts }: Failure): string | undefined {
  if (code === 'bad-file') return facts.fault;
  return code === 'plan-refused' || code === 'release-refused' ? facts.reason : undefined;
}

function spoken(failure: Failure | undefined, platform: NodeJS.Platform = 'linux'): Words {
  if (!failure) throw new Error('a code without a sample');
  return wordsOf(failure, { platform, udevRule: 'resources/70-stepwise.rules' });
}

function inWords({ title, why, now }: Words): string {
  const steps = now.map((step) => (step.startsWith('$ ') ? `\`${step.slice(2)}\`` : plain(step)));
  return [`**${plain(title)}.** ${plain(why)}`, ...(steps.length > 0 ? [list(steps)] : [])].join('\n\n');
}

/** docs/reference/messages.md: what the app says of each failure, and what to do, in the words of the screens. */
import { expect, it } from 'vitest';
import type { Failure } from '../../shared/failure.ts';
import { list, page, plain } from '../../test/docs/markdown.ts';
import { failureSamples } from '../../test/rig/failure-samples.ts';
import { setLocale } from '../paraglide/runtime.js';
import { explain, type Explained, type Remedy } from './explain.ts';

const PLATFORMS = ['linux', 'win32', 'darwin'] as const;
const collator = new Intl.Collator('en');

interface Message extends Explained {
  readonly codes: ReadonlySet<string>;
}

/** Every message once: what differs in examples alone counts as the same. */
function messages(): readonly Message[] {
  const found = new Map<string, Message>();
  for (const failure of failureSamples)
    for (const platform of PLATFORMS) {
      const explained = explain(during(failure), { platform, expert: false });
      const known = found.get(explained.title);
      found.set(explained.title, {
        ...(known ?? explained),
        codes: new Set([...(known?.codes ?? []), failure.code]),
      });
    }
  return [...found.values()].sort((a, b) => collator.compare(a.title, b.title));
}

/** What breaks off in the middle of an update is shown as such. */
function during(failure: Failure): Failure {
  const breaksOff = ['disconnected', 'usb-transfer', 'no-answer', 'did-not-return'].includes(failure.code);
  return breaksOff ? { ...failure, phase: 'write', condition: 'incomplete' } : failure;
}

function section({ title, why, now, codes }: Message): string {
  const links = [...codes].map((code) => `[\`${code}\`](failures.md#${code})`);
  return [
    `## ${plain(title)}`,
    plain(why),
    list(now.map(step)),
    `Support knows it as ${links.join(', ')}.`,
  ].join('\n\n');
}

function step({ kind, text }: Remedy): string {
  return kind === 'advice' ? plain(text) : `Press **${plain(text)}**.`;
}

it('the page of messages is what the screens say (`npm run docs:reference` writes it)', async () => {
  await setLocale('en', { reload: false });
  const content = page(
    'What the app says, and what to do',
    'Every message the app can show when something does not go as it should, in the order of the alphabet. An update that ' +
      'breaks off does not damage your device: its update mode is built into the chip and cannot be overwritten, so the ' +
      'update can be made again.',
    ...messages().map(section),
  );
  await expect(content).toMatchFileSnapshot('../../docs/reference/messages.md');
});

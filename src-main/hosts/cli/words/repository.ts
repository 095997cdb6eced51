/** What goes wrong between the maker's repository and this computer, and why a release is not for a device. */
import { inLanguage } from '../../../../shared/in-language.ts';
import type { FailureFacts, ReleaseRefusal, RepositoryCode } from '../../../../shared/failure.ts';
import { sentence } from '../typography.ts';
import type { Words } from './failures.ts';

const KEPT = 'Releases that were fetched before can be used without it: --offline.';
const NOTHING_TAKEN = 'Nothing of it was taken.';
const ANOTHER_NETWORK = 'Try again, if it stays so from another network.';
const TELL_THE_MAKER = 'Tell the maker of the device if it stays so.';

export const repositoryWords: { readonly [C in RepositoryCode]: (facts: FailureFacts[C]) => Words } = {
  offline: ({ host }) => ({
    title: 'The firmware repository cannot be reached',
    why: `There is no connection to ${host}.`,
    now: ['Check the network, and HTTPS_PROXY where there is a proxy.', KEPT],
  }),
  'not-the-repository': ({ url, what }) => ({
    title: 'Something else answered in place of the firmware repository',
    why: `At ${url}: ${sentence(what)}`,
    now: ['If this network wants a login, open any page in a browser and log in.', ANOTHER_NETWORK, KEPT],
  }),
  'server-refused': ({ url, status }) => ({
    title: 'The firmware repository did not give what it should',
    why: `It answered with HTTP status ${status} to ${url}.`,
    now: [status >= 500 ? 'Try again later: the server is in trouble.' : TELL_THE_MAKER, KEPT],
  }),
  'server-silent': ({ host, waited }) => ({
    title: 'The firmware repository is too slow',
    why: `From ${host} came nothing, or hardly anything, for ${Math.round(waited / 1000)} s.`,
    now: [ANOTHER_NETWORK, KEPT],
  }),
  'untrusted-connection': ({ host, detail }) => ({
    title: 'The connection to the firmware repository is not secure',
    why: `What ${host} shows to prove who it is was not accepted: ${sentence(detail)}`,
    now: [
      'Check date and time of this computer, and whether something inspects its connections.',
      ANOTHER_NETWORK,
    ],
  }),
  'clock-wrong': ({ today, passed }) => ({
    title: 'The clock of this computer is wrong',
    why: [
      passed === undefined
        ? `It says ${today}, and the server shows a certificate that is for a later time.`
        : `It says ${today}, and ${passed} has certainly passed.`,
      'What was signed for a time cannot be judged like that.',
    ].join(' '),
    now: ['Set date and time, and try again.'],
  }),
  'not-trusted': ({ file, detail }) => ({
    title: 'What the repository sent is not from the maker',
    why: `The file ${file} does not prove itself: ${sentence(detail)} ${NOTHING_TAKEN}`,
    now: [ANOTHER_NETWORK, TELL_THE_MAKER],
  }),
  expired: ({ file, since }) => ({
    title: 'What the repository sent is out of date',
    why: `What ${file} says was signed for a time that ended ${since}. ${NOTHING_TAKEN}`,
    now: ['Check date and time of this computer.', TELL_THE_MAKER, KEPT],
  }),
  'no-release': ({ wanted }) => ({
    title: 'There is no release for this device',
    why: `Looked for: ${sentence(wanted)}`,
    now: ['`stepwise releases` shows what there is, and why the rest is not for this device.'],
  }),
  'release-refused': ({ version, reason, why, wanted, found }) => ({
    title: `Release ${version} ${TITLES[reason]}`,
    why: [
      ...(why ? [sentence(inLanguage(why, 'en'))] : []),
      ...(wanted === undefined ? [] : [`It is for ${sentence(wanted)}`]),
      found === undefined ? 'Nothing was changed.' : `Here is ${sentence(found)}`,
    ].join(' '),
    now: [REMEDIES[reason] ?? '`stepwise releases` shows what there is for this device.'],
  }),
};

const TITLES: Readonly<Record<ReleaseRefusal, string>> = {
  product: 'is for another product',
  chip: 'is for another chip',
  stepping: 'is not released for this revision of the chip',
  bootloader: 'is not released for this bootloader',
  'flash-size': 'needs more flash than this chip has',
  'app-too-old': 'needs a newer Stepwise',
  'firmware-too-old': 'needs another release to be installed first',
  downgrade: 'is older than what is on the device',
  withdrawn: 'was withdrawn',
  'not-yet-here': 'is not offered to this installation yet',
};

const REMEDIES: Partial<Record<ReleaseRefusal, string>> = {
  'app-too-old': 'Update Stepwise first.',
  'firmware-too-old': 'Install the older release first, then this one.',
  'not-yet-here': 'Wait, or ask for it by name: --version.',
};

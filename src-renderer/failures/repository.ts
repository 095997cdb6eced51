/** What goes wrong between the maker's firmware and this computer, and why a release is not for a device. */
import type { FailureFacts, ReleaseRefusal, RepositoryCode } from '../../shared/failure.ts';
import { inLanguage } from '../../shared/in-language.ts';
import * as m from '../paraglide/messages.js';
import { getLocale } from '../paraglide/runtime.js';
import type { Explained, Wording } from './explained.ts';
import { advice, chooseFirmware, support, tryAgain, updateApp } from './remedies.ts';
import { sentence, sentences, traces } from './sentences.ts';

export const repositoryWords: Wording<RepositoryCode> = {
  offline: ({ host }, { expert }) => ({
    title: m.failures_offline_title(),
    why: sentences(m.failures_offline_why(), expert ? traces(host) : undefined),
    now: [advice(m.failures_advice_network()), tryAgain(), advice(m.failures_advice_known_firmware())],
  }),
  'not-the-repository': ({ url, what }, { expert }) => ({
    title: m.failures_not_the_repository_title(),
    why: sentences(m.failures_not_the_repository_why(), ...(expert ? [sentence(what), traces(url)] : [])),
    now: [advice(m.failures_advice_log_in()), tryAgain(), advice(m.failures_advice_known_firmware())],
  }),
  'server-refused': ({ url, status }, { expert }) => ({
    title: m.failures_server_refused_title(),
    why: sentences(m.failures_server_refused_why(), expert ? traces(`HTTP ${status}`, url) : undefined),
    now: [tryAgain(), advice(m.failures_advice_known_firmware()), support()],
  }),
  'server-silent': ({ host }, { expert }) => ({
    title: m.failures_server_silent_title(),
    why: sentences(m.failures_server_silent_why(), expert ? traces(host) : undefined),
    now: [advice(m.failures_advice_other_network()), tryAgain(), advice(m.failures_advice_known_firmware())],
  }),
  'untrusted-connection': ({ host, detail }, { expert }) => ({
    title: m.failures_untrusted_connection_title(),
    why: sentences(
      m.failures_untrusted_connection_why(),
      ...(expert ? [sentence(detail), traces(host)] : []),
    ),
    now: [
      advice(m.failures_advice_clock()),
      advice(m.failures_advice_other_network()),
      tryAgain(),
      advice(m.failures_advice_known_firmware()),
    ],
  }),
  'clock-wrong': ({ today, passed }, { expert }) => ({
    title: m.failures_clock_wrong_title(),
    why: sentences(m.failures_clock_wrong_why(), expert ? traces(today, passed) : undefined),
    now: [advice(m.failures_advice_clock()), tryAgain()],
  }),
  'not-trusted': ({ file, detail }, { expert }) => ({
    title: m.failures_not_trusted_title(),
    why: sentences(m.failures_not_trusted_why(), ...(expert ? [sentence(detail), traces(file)] : [])),
    now: [advice(m.failures_advice_other_network()), tryAgain(), support()],
  }),
  expired: ({ file, since }, { expert }) => ({
    title: m.failures_expired_title(),
    why: sentences(m.failures_expired_why(), expert ? traces(file, since) : undefined),
    now: [advice(m.failures_advice_clock()), tryAgain(), support()],
  }),
  'no-release': ({ wanted }, { expert }) => ({
    title: m.failures_no_release_title(),
    why: sentences(m.failures_no_release_why(), expert ? traces(wanted) : undefined),
    now: [chooseFirmware(), support()],
  }),
  'release-refused': (facts) => (facts.reason === 'app-too-old' ? appTooOld(facts) : refused(facts)),
};

type Refusal = FailureFacts['release-refused'];

/** Nothing is wrong with firmware and device. */
function appTooOld({ version, reason, wanted, found }: Refusal): Explained {
  return {
    title: m.failures_app_too_old_title({ version }),
    why:
      wanted === undefined || found === undefined
        ? REFUSED_BECAUSE[reason]()
        : m.failures_app_too_old_why({ wanted, found }),
    now: [updateApp(), chooseFirmware(), support()],
  };
}

function refused({ version, reason, why, wanted, found }: Refusal): Explained {
  return {
    title: m.failures_release_refused_title({ version }),
    why: sentences(
      why ? inLanguage(why, getLocale()) : REFUSED_BECAUSE[reason](),
      wanted === undefined ? undefined : m.failures_release_wanted({ wanted }),
      found === undefined ? undefined : m.failures_release_found({ found }),
    ),
    now: [chooseFirmware(), support()],
  };
}

const REFUSED_BECAUSE: Readonly<Record<ReleaseRefusal, () => string>> = {
  product: m.failures_release_product,
  chip: m.failures_release_chip,
  stepping: m.failures_release_stepping,
  bootloader: m.failures_release_bootloader,
  'flash-size': m.failures_release_flash_size,
  'app-too-old': m.failures_release_app_too_old,
  'firmware-too-old': m.failures_release_firmware_too_old,
  downgrade: m.failures_release_downgrade,
  withdrawn: m.failures_release_withdrawn,
  'not-yet-here': m.failures_release_not_yet_here,
};

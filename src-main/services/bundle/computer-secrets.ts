/** What this computer itself knows of who sits here: the values a bundle must not have in it. */
import { homedir, hostname, networkInterfaces, userInfo } from 'node:os';
import { basename } from 'node:path';
import { NOTHING_KNOWN, type KnownSecrets } from '../../diagnostics/bundle/known-secrets.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables whose values are nobody's business. */
const SECRET_VARIABLE = /TOKEN|SECRET|PASS(?:WORD|WD|PHRASE)|API_?KEY|ACCESS_?KEY|CREDENTIAL/i;
const PROXY_VARIABLE = /^(?:HTTPS?|ALL|FTP)_PROXY$/i;
/** `true`, `prompt`: what is shorter is a choice and no secret. */
const SHORTEST_TOKEN = 8;
const LOOPBACK = /^(?:127\.|::1$|fe80::1$|00:00:00:00:00:00$)/;

/** @param homeFolder as the program takes it, which need not be the account's own */
export function computerSecrets(environment: Environment, homeFolder: string = homedir()): KnownSecrets {
  const account = accountNames();
  const homes = [homeFolder, homedir(), environment['HOME'], environment['USERPROFILE']].filter(isText);
  return {
    ...NOTHING_KNOWN,
    homeFolders: [...new Set(homes)],
    users: [
      ...account,
      environment['USER'],
      environment['USERNAME'],
      environment['LOGNAME'],
      ...homes.map(nameOf),
    ].filter(isText),
    hosts: hostNames([hostname(), environment['COMPUTERNAME'], environment['HOSTNAME']].filter(isText)),
    addresses: Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .flatMap(({ address, mac }) => [address, mac])
      .filter((address) => !LOOPBACK.test(address)),
    tokens: tokensIn(environment),
  };
}

function accountNames(): readonly string[] {
  try {
    return [userInfo().username];
  } catch {
    // An account without an entry in the system's list, as in a container: it has no name to be hidden.
    return [];
  }
}

/** With and without its domain. */
function hostNames(names: readonly string[]): readonly string[] {
  return names.flatMap((name) => [name, name.split('.')[0] ?? name]);
}

function nameOf(home: string): string {
  return basename(home.replaceAll('\\', '/'));
}

function tokensIn(environment: Environment): readonly string[] {
  return Object.entries(environment).flatMap(([name, value = '']) => {
    if (PROXY_VARIABLE.test(name)) return credentialsIn(value);
    return SECRET_VARIABLE.test(name) && value.length >= SHORTEST_TOKEN ? [value] : [];
  });
}

function credentialsIn(proxy: string): readonly string[] {
  if (!URL.canParse(proxy)) return [];
  const { username, password } = new URL(proxy);
  return [username, password, decodeURIComponent(username), decodeURIComponent(password)].filter(isText);
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

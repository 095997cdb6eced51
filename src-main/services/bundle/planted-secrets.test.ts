/** Secrets are planted wherever they could get into a bundle; then the unpacked bundle is searched, byte by byte. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { assemble, contentsOf, type Draft, type Entry } from '../../diagnostics/bundle/draft.ts';
import { NOTHING_KNOWN } from '../../diagnostics/bundle/known-secrets.ts';
import type { Sections } from '../../diagnostics/bundle/report.ts';
import { Journal } from '../../flash/journal.ts';
import { VirtualClock } from '../../virtual/clocks.ts';
import { drawBundle } from './draw.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwise-planted-'));
  mkdirSync(join(folder, 'logs', 'usb'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Name of the plant → what must not be found, and what tells it to the program. */
const SECRETS = {
  homeLinux: '/home/quentin.oxley',
  homeMac: '/Users/zelda.fitz',
  homeWindows: 'Wolfram Ettinger',
  user: 'quentin.oxley',
  userUmlaut: 'Jörg-Ümit',
  host: 'BENCH-QX7741',
  hostInDomain: 'bench-qx7741.lab.example.org',
  ownIp: '10.77.31.9',
  ownMac: 'de:ad:be:ef:77:31',
  ownMacBare: 'deadbeef7731',
  proxyPassword: 'hunter2-proxy!',
  environmentToken: 'tok_9f8e7d6c5b4a3210',
  ipv4: '192.168.178.213',
  ipv4InRange: '172.16.5.99',
  ipv6: '2001:db8:85a3::8a2e:370:7334',
  ipv6Mapped: 'fe80::1ff:fe23:4567:890a',
  mac: '00-1B-63-84-45-E6',
  cisco: '001b.6384.45e7',
  email: 'rosalind.franklin@kings.example',
  emailEscaped: 'ada.lovelace@engine.example',
  emailPercent: 'grace.hopper%40navy.example',
  urlPassword: 's3cr3t-Pa55',
  urlUser: 'maintenance-login',
  urlToken: 'AbCdEf0123456789xyz',
  urlSignature: 'c2lnbmF0dXJlLW9mLXRoZS11cmw',
  bearer: 'ya29.a0AfH6SMBx-bearer',
  basic: 'bWFpbnQ6aHVudGVyMg==',
  jwt: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmVk',
  github: 'ghp_16C7e42F292c6912E7710c838347Ae178B4a',
  passwordInText: 'korrekt-pferd-batterie',
  apiKey: 'AK-77-31-09-zz-top',
  privateKey: 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
  serialKnown: '3267335A3032',
  serialInLog: 'SN-00420042',
  serialInTranscript: 'XK-7731-ULTRA-0815',
  serialInJournal: '207F36724D53',
  uniqueId: '0030002D3334510B32313533',
  uniqueIdUnknown: '1A2B3C4D5E6F708192A3B4C5',
  nameInUsbString: 'tesla@wardenclyffe.example',
  userInAscii: 'quentin.oxley',
  installation: '6f9619ff-8b86-4d01-b42d-00c04fc964ff',
  fileName: 'faraday.michael@royal.example',
  firmwareName: 'marie.curie@radium.example',
} as const;

const KNOWN = {
  ...NOTHING_KNOWN,
  homeFolders: [SECRETS.homeLinux],
  users: [SECRETS.user, SECRETS.userUmlaut],
  hosts: [SECRETS.host, SECRETS.hostInDomain],
  addresses: [SECRETS.ownIp, SECRETS.ownMac],
  tokens: [SECRETS.proxyPassword, SECRETS.environmentToken],
};

const line = (room: string, message: string, level = 'info ') =>
  `2026-01-02T03:04:05.000Z ${level} ${room.padEnd(8)} -     ${message}`;

const escaped = (text: string) =>
  Array.from(text, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');

function logs(): readonly string[] {
  const s = SECRETS;
  return [
    line('services', `state in ${s.homeLinux}/.local/state/stepwise and ${s.homeMac}/Library`),
    line('services', String.raw`C:\\Users\\${s.homeWindows}\\AppData\\Local, C:\Users\${s.homeWindows}\x`),
    line(
      'services',
      `file:///home/J%C3%B6rg-%C3%9Cmit/a and ${s.userUmlaut.normalize('NFD')} and ${s.userUmlaut}s`,
    ),
    line('cli', JSON.stringify({ path: `D:\\data\\${s.userUmlaut}`, host: s.host.toLowerCase() })),
    line('cli', `on ${s.hostInDomain} (${s.ownIp}, ${s.ownMac.toUpperCase()}, ${s.ownMacBare})`),
    line('catalog', `proxy http://x:${s.proxyPassword}@proxy:3128 with ${s.environmentToken}`),
    line('catalog', `${s.ipv4}:443, 172.16.5.1-${s.ipv4InRange}, [${s.ipv6}]:80, ${s.ipv6Mapped}%eth0`),
    line('usb', `mac ${s.mac} and ${s.cisco}`),
    line('update', `ask ${s.email}, {"to":"${escaped(s.emailEscaped)}"}, mailto:${s.emailPercent}`),
    line(
      'catalog',
      `https://${s.urlUser}:${s.urlPassword}@repo.example/a?access_token=${s.urlToken}&x=1&X-Sig=${s.urlSignature}`,
    ),
    line('catalog', `{"url":"https:\\/\\/${s.urlUser}:${s.urlPassword}@repo.example\\/b"}`),
    line(
      'catalog',
      `Authorization: Bearer ${s.bearer}; authorization: Basic ${s.basic}; then Basic ${s.basic}`,
    ),
    line('catalog', `${s.jwt} ${s.github}`),
    line(
      'cli',
      `password: ${s.passwordInText}, {"apiKey": "${s.apiKey}"}, {\\"api_key\\":\\"${s.apiKey}\\"}`,
    ),
    line('cli', `-----BEGIN PRIVATE KEY-----\\n${s.privateKey}\\n-----END PRIVATE KEY-----`),
    line('devices', `serial number ${s.serialInLog}; ${s.serialKnown}, ${s.serialKnown.toLowerCase()}`),
    line('devices', `unique ID ${s.uniqueId} and 0030002d-3334510b-32313533`),
    line('update', `installation ${s.installation}`),
    line('update', `wrote ${s.fileName}.dfu`, 'error'),
  ];
}

const utf16 = (text: string) => Buffer.from(text, 'utf16le').toString('hex');
const descriptor = (text: string) => `${(2 + text.length * 2).toString(16).padStart(2, '0')}03${utf16(text)}`;

function transcript(): string {
  const common = { n: 1, t: 0, ms: 1, device: 0, path: '1-2' };
  const identity = {
    vendorId: 1155,
    productId: 57105,
    manufacturerIndex: 1,
    productIndex: 2,
    serialIndex: 3,
  };
  const reads = (value: number, data: string) =>
    ({ op: 'in', ...common, requestType: 128, request: 6, value, index: 1033, length: 255, data }) as const;
  const uidAddress = Buffer.alloc(5);
  uidAddress[0] = 0x21;
  uidAddress.writeUInt32LE(0x1ff1_e800, 1);
  return [
    { format: 'stepwise-usb-recording', version: 1, data: 'full', dropped: 0 },
    { op: 'present', ...common, address: 5, identity },
    reads(0x0303, descriptor(SECRETS.serialInTranscript)),
    reads(0x0303, descriptor(SECRETS.serialInTranscript).slice(0, 20)),
    reads(0x0302, descriptor(`Monitor of ${SECRETS.nameInUsbString} `)),
    reads(0x0301, `00${descriptor(SECRETS.user)}`),
    {
      op: 'out',
      ...common,
      requestType: 33,
      request: 1,
      value: 0,
      index: 0,
      length: 5,
      data: uidAddress.toString('hex'),
    },
    {
      op: 'in',
      ...common,
      requestType: 161,
      request: 2,
      value: 2,
      index: 0,
      length: 12,
      data: SECRETS.uniqueIdUnknown.toLowerCase(),
    },
    {
      op: 'in',
      ...common,
      requestType: 161,
      request: 2,
      value: 0,
      index: 0,
      length: 16,
      data: Buffer.from(`..${SECRETS.userInAscii}.`).toString('hex'),
    },
    {
      op: 'in',
      ...common,
      requestType: 161,
      request: 2,
      value: 1,
      index: 0,
      length: 12,
      data: '2d0030000b51343333353132',
    },
  ]
    .map((each) => JSON.stringify(each))
    .join('\n');
}

function sections(): Sections {
  const s = SECRETS;
  return {
    devices: [
      {
        path: '1-2',
        title: `Monitor of ${s.email}`,
        state: {
          kind: 'ready',
          identity: {
            serial: s.serialKnown,
            uniqueId: { known: true, value: s.uniqueId, how: 'read' },
            product: s.host,
            evidence: [`serial ${s.serialKnown}`],
          },
        },
      },
    ],
    host: [{ result: 'attention', detail: `EACCES ${s.homeLinux}/x`, id: 'state-folder' }],
    jobs: [{ id: 'job-1', path: '1-2', name: `${s.firmwareName}.dfu`, state: { kind: 'running' } }],
    catalog: { freshness: 'stale', failure: { facts: { url: `https://r.example/?token=${s.urlToken}` } } },
    incidents: [{ kind: 'exception', time: 'now', detail: `at ${s.homeLinux}/app.js` }],
    settings: { [s.user]: s.installation },
    examined: [{ request: 'diagnose.options', path: '1-2', time: 'now', result: [s.serialKnown, s.ownIp] }],
  };
}

async function plant(): Promise<void> {
  writeFileSync(join(folder, 'logs', 'stepwise.log'), logs().join('\n'));
  writeFileSync(join(folder, 'logs', 'stepwise.1.log'), logs().join('\r\n'));
  writeFileSync(join(folder, 'logs', 'command-line.log'), logs().join('\n'));
  writeFileSync(join(folder, 'logs', `${SECRETS.fileName}.log`), 'a file of somebody');
  writeFileSync(join(folder, 'logs', `${SECRETS.user}.log`), 'another');
  writeFileSync(join(folder, 'logs', 'usb', '2026-01-02T03-04-05-app-1.jsonl'), transcript());
  writeFileSync(join(folder, 'logs', 'usb', 'torn.jsonl'), `{"path":"${SECRETS.homeLinux}","ser`);
  writeFileSync(join(folder, 'installation-id'), SECRETS.installation);
  await new Journal(folder).write({
    device: { path: '1-2', serial: SECRETS.serialInJournal },
    image: 'a'.repeat(64),
    name: `${SECRETS.homeMac}/${SECRETS.firmwareName}.dfu`,
    started: '2026-01-02T03:04:05.000Z',
    preserved: [{ address: 0x0800_0000, bytes: new TextEncoder().encode(SECRETS.email) }],
  });
}

async function draft(includeSerials = false): Promise<Draft> {
  return drawBundle(
    {
      stateFolder: folder,
      clock: new VirtualClock(),
      today: () => '2026-01-02T03:04:05.000Z',
      program: {
        name: 'Stepwise',
        version: '1',
        host: 'electron',
        platform: 'linux',
        system: `${SECRETS.host} x64`,
        versions: { node: SECRETS.homeLinux },
        demo: false,
      },
      secrets: KNOWN,
      sections: Object.fromEntries(
        Object.entries(sections()).map(([name, value]: [string, unknown]) => [name, () => value]),
      ),
    },
    includeSerials,
  );
}

/** In every encoding in which a secret could have slipped through. */
function spellings(secret: string): readonly Buffer[] {
  const decoded = decodeURIComponent(secret);
  const texts = [
    secret,
    decoded,
    decoded.normalize('NFD'),
    encodeURIComponent(decoded),
    JSON.stringify(decoded).slice(1, -1),
  ];
  return texts.flatMap((text) => [
    Buffer.from(text),
    Buffer.from(text, 'utf16le'),
    Buffer.from(Buffer.from(text).toString('hex')),
    Buffer.from(Buffer.from(text, 'utf16le').toString('hex')),
    Buffer.from(Buffer.from(text).toString('base64').replace(/=+$/, '').slice(0, -1)),
    Buffer.from(escaped(text)),
  ]);
}

function found(entries: readonly Entry[]): readonly string[] {
  return entries.flatMap(({ name, bytes }) => {
    const content = Buffer.from(`${name}\n${Buffer.from(bytes).toString('latin1').toLowerCase()}`, 'latin1');
    return Object.entries(SECRETS)
      .filter(([, secret]) =>
        spellings(secret).some((each) =>
          content.includes(each.toString('latin1').toLowerCase(), 0, 'latin1'),
        ),
      )
      .map(([plant]) => `${plant} in ${name}`);
  });
}

it('none of the planted secrets is in any byte of the default bundle', async () => {
  expect(Object.keys(SECRETS).length).toBeGreaterThanOrEqual(40);
  await plant();
  const drawn = await draft();
  const entries = assemble(drawn, new Set());
  expect(contentsOf(drawn).map(({ kind }) => kind)).toEqual(
    expect.arrayContaining([
      'log',
      'transcript',
      'devices',
      'jobs',
      'journals',
      'host',
      'catalog',
      'examined',
    ]),
  );
  expect(found(entries)).toEqual([]);
});

it('what is searched for would be found: the search finds every secret in what was planted', async () => {
  await plant();
  const sources: Entry[] = [
    {
      name: 'a',
      bytes: new TextEncoder().encode([...logs(), transcript(), JSON.stringify(sections())].join('\n')),
    },
    { name: 'b', bytes: new TextEncoder().encode(`${SECRETS.serialInJournal} ${SECRETS.homeMac}`) },
  ];
  const plants = new Set(found(sources).map((each) => each.split(' ')[0]));
  expect(Object.keys(SECRETS).filter((plant_) => !plants.has(plant_))).toEqual([]);
});

it('the same secret has the same pseudonym in all entries, and another one in the next bundle', async () => {
  await plant();
  const pseudonym = async () => {
    const { sections: told, files } = await draft();
    const serial = String(told.devices?.[0]?.state.identity?.['serial']);
    const log = files.find(({ name }) => name === 'logs/stepwise.log');
    expect(Buffer.from(log?.bytes ?? []).toString()).toContain(serial);
    return serial;
  };
  const one = await pseudonym();
  expect(one).toMatch(/^\[serial [0-9a-f]{8}\]$/);
  expect(await pseudonym()).not.toBe(one);
});

it('serial numbers stay where the person wants them in, and nothing else does', async () => {
  await plant();
  const here = new Set(found(assemble(await draft(true), new Set())).map((each) => each.split(' ')[0]));
  const ofDevices = [
    'serialKnown',
    'serialInLog',
    'serialInTranscript',
    'serialInJournal',
    'uniqueId',
    'uniqueIdUnknown',
  ];
  expect([...here].sort()).toEqual([...ofDevices].sort());
});

it('what is redacted is still what it was: JSON is JSON, and transfers are as long as before', async () => {
  await plant();
  const entries = assemble(await draft(), new Set());
  const report = entries.find(({ name }) => name === 'report.json');
  expect(() => void JSON.parse(Buffer.from(report?.bytes ?? []).toString())).not.toThrow();
  const usb = entries.find(({ name }) => name.startsWith('transcripts/2026'));
  const lines = Buffer.from(usb?.bytes ?? [])
    .toString()
    .split('\n');
  const planted = transcript().split('\n');
  expect(lines.map((each) => each.length)).toEqual(planted.map((each) => each.length));
});

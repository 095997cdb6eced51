import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeWorld } from '../../../../test/cli/fake-world.ts';
import { writeDfuse } from '../../../firmware/dfuse-file.ts';
import { FirmwareImage } from '../../../firmware/image.ts';

// Keys with a pass phrase are opened slowly on purpose.
vi.mock('../../../catalog/publish/locked-key.ts', async (original) => ({
  ...(await original<object>()),
  DEFAULT_COST: 2,
}));

const PASSPHRASE = 'a pass phrase of several words';
const BYTES = new Uint8Array(3000).map((_, at) => at % 251);
const DFU = writeDfuse(FirmwareImage.from([{ address: 0x0800_0000, bytes: BYTES }]));

let world: FakeWorld;
const flat = (text: string) => text.replace(/\s+/g, ' ');
const said = () => flat(world.terminal.out.text);
const complained = () => flat(world.terminal.err.text);

function file(name: string, content: string | Uint8Array): string {
  writeFileSync(world.path(name), content);
  return world.path(name);
}

/** In the repository, on a fresh terminal. */
async function repo(...args: readonly string[]): Promise<number> {
  world.clear();
  return run(...args, '--repo', world.path('shop'));
}

const run = (...args: readonly string[]) => world.run('repo', ...args);

const release = (version: string) => [
  'add',
  file('app.dfu', DFU),
  '--version',
  version,
  '--product',
  'airmeter',
  '--notes',
  file('notes.md', '**Better.**\n'),
];

beforeEach(() => {
  world = new FakeWorld();
  // tuf-js asks the computer for the time.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse(world.surroundings.today()) });
  world.environment = { ...world.environment, STEPWISE_PASSPHRASE: PASSPHRASE };
});
afterEach(() => {
  vi.useRealTimers();
  world.dispose();
});

describe('a repository from nothing', () => {
  it('is begun, filled, signed, checked, changed and refreshed', async () => {
    expect(await run('init', world.path('shop'))).toBe(0);
    expect(await repo()).toBe(0);
    expect(said()).toContain('Published nothing yet');

    expect(await repo(...release('1.0.0'), '--notes', `de=${file('notes.de.md', 'Besser.')}`)).toBe(0);
    expect(said()).toContain('✓ Staged: 3 000 bytes of firmware');
    expect(said()).toContain('airmeter/airmeter-1.0.0.dfu: new, “airmeter 1.0.0”, for development only');
    expect(await repo('sign')).toBe(0);
    expect(said()).toContain(
      'metadata/1.targets.json metadata/1.snapshot.json metadata/timestamp.json metadata/1.root.json',
    );
    expect(await repo('check')).toBe(0);
    expect(said()).toContain('✓ Clients take it');

    expect(await repo('promote', '1.0.0', '--to', 'stable', '--rollout', '10%')).toBe(0);
    expect(await repo('rollout', 'airmeter/1.0.0', '25')).toBe(0);
    expect(said()).toContain('for everybody from now on, offered to 25 % instead of 100 %');
    expect(await repo('check')).toBe(7);
    expect(said()).toContain('1 change staged and not signed');
    expect(
      await repo('withdraw', '1.0.0', '--reason', 'Loses its calibration.', '--reason', 'de=Verliert sie.'),
    ).toBe(0);
    expect(await repo('sign')).toBe(0);
    expect(await repo('check', '--json')).toBe(0);
    expect(world.json).toMatchObject({
      duties: [],
      unreferenced: [],
      releases: [
        {
          target: 'airmeter/airmeter-1.0.0.dfu',
          release: {
            channel: 'stable',
            rollout: 25,
            notes: { en: '**Better.**', de: 'Besser.' },
            withdrawn: { en: 'Loses its calibration.', de: 'Verliert sie.' },
          },
        },
      ],
    });

    delete world.environment.STEPWISE_PASSPHRASE;
    expect(await repo('sign', '--refresh')).toBe(0);
    expect(said()).toContain('metadata/3.snapshot.json metadata/timestamp.json');
    expect(await repo('sign')).toBe(0);
    expect(said()).toContain('there is nothing to sign');
    expect(await repo('sign', '--renew', '--json')).toBe(7);
    expect(world.json).toMatchObject({ published: [], missing: [{ role: 'root' }, { role: 'targets' }] });
  });
});

describe('keys', () => {
  const online = ['snapshot', 'timestamp'] as const;

  /** With no pass phrase anywhere: fast, and right for what these tests ask. */
  async function begun(): Promise<void> {
    await run('init', world.path('shop'), '--without-keys');
    for (const role of ['root', 'targets', ...online])
      await repo('key', 'generate', role, '--for', role, '--without-passphrase');
    await repo(...release('1.0.0'));
    await repo('sign');
  }

  it('that are missing are said to be', async () => {
    await run('init', world.path('shop'), '--without-keys');
    await repo();
    expect(said()).toContain('A key for root is missing');
    expect(await repo('sign')).toBe(2);
    expect(complained()).toContain('The role root asks for 1 signatures and has 0 keys');
  });

  it('are rotated, and clients follow', async () => {
    await begun();
    for (const role of online) expect(await repo('rotate', role)).toBe(0);
    expect(said()).toContain('metadata/3.root.json');
    expect(existsSync(join(world.path('shop'), 'keys', 'timestamp-2.private.json'))).toBe(true);
    expect(await repo('check')).toBe(0);
  });

  it('of two people sign one after the other', async () => {
    await begun();
    const other = world.path('other');
    await repo('key', 'generate', 'partner', '--keys', other, '--without-passphrase');
    const add = ['--add', join(other, 'partner.public.json'), '--threshold', '2'];
    expect(await repo('rotate', 'targets', ...add)).toBe(7);
    expect(said()).toContain('targets: 1 signature by partner');
    expect(await repo('check')).toBe(7);
    expect(await repo('sign', '--keys', other)).toBe(7);
    expect(said()).toContain('snapshot: 1 signature by snapshot');
    expect(await repo('sign')).toBe(0);
    expect(await repo('check')).toBe(0);
  });

  it('that are lost are replaced without them', async () => {
    await begun();
    expect(await repo('rotate', 'timestamp', '--lost', 'timestamp')).toBe(0);
    expect(await repo('check')).toBe(0);
  });

  it('in hardware sign by a command', async () => {
    await begun();
    const token = file(
      'token.cjs',
      `const { createPrivateKey, sign } = require('node:crypto');
       const der = Buffer.from('302e020100300506032b657004220420' + '09'.repeat(32), 'hex');
       const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
       process.stdout.write(sign(null, require('node:fs').readFileSync(0), key).toString('hex'));`,
    );
    const point = 'fd1724385aa0c75b64fb78cd602fa1d991fdebf76b13c58ed702eac835e9f618';
    world.clear();
    const shop = ['--repo', world.path('shop')];
    const key = ['key', 'external', 'token', '--public', point, ...shop];
    expect(await run(...key, '--', process.execPath, token)).toBe(0);
    expect(await repo('rotate', 'targets', '--add', 'token', '--remove', 'targets')).toBe(0);
    expect(await repo('check')).toBe(0);
  });

  it.each([
    [['key', 'generate', 'root', '--without-passphrase'], 'is there already'],
    [['rotate', 'root', '--remove', 'nobody'], 'Root has no key nobody'],
    [['rotate', 'root', '--threshold', '2'], '2 must sign'],
    [['rotate', 'root', '--add', 'nothing'], 'There is no key nothing'],
    [['rotate', 'mirror'], 'A role is one of'],
  ])('%j makes no sense', async (args, complaint) => {
    await begun();
    const before = readFileSync(join(world.path('shop'), 'repository.json'));
    expect(await repo(...args)).toBe(2);
    expect(complained()).toContain(complaint);
    expect(readFileSync(join(world.path('shop'), 'repository.json'))).toEqual(before);
  });
});

describe('pass phrases', () => {
  it('are asked for twice, and have to be the same and long enough', async () => {
    delete world.environment.STEPWISE_PASSPHRASE;
    const init = ['init', world.path('shop')];
    expect(await run(...init)).toBe(2);
    world.clear();
    world.inTerminal('too short');
    expect(await run(...init)).toBe(2);
    world.clear();
    world.inTerminal(PASSPHRASE, `${PASSPHRASE}!`);
    expect(await run(...init)).toBe(2);
    world.clear();
    world.inTerminal();
    expect(await run(...init)).toBe(8);
    expect(existsSync(world.path('shop/keys'))).toBe(false);
  });

  it('come from a file, and nobody sees them', async () => {
    delete world.environment.STEPWISE_PASSPHRASE;
    const secret = ['--passphrase-file', file('secret', `${PASSPHRASE}\nmore`)];
    world.clear();
    expect(await run('init', world.path('shop'), ...secret)).toBe(0);
    expect(await repo('sign', ...secret, '--verbose')).toBe(0);
    expect(world.terminal.out.text + world.terminal.err.text).not.toContain(PASSPHRASE);
    expect(
      await repo('rotate', 'targets', '--passphrase-file', file('wrong', 'another one of some words')),
    ).toBe(2);
    expect(complained()).toContain('does not open the key');
    expect(await repo('sign', '--passphrase-file', world.path('none'))).toBe(9);
  });
});

describe('what is staged', () => {
  beforeEach(() => run('init', world.path('shop'), '--without-keys'));

  it('says for which hardware it is, and why not for other', async () => {
    const fits = [
      ['--chip', '0x450', '--chip', '0x413', '--flash-size', '128'],
      ['--refuse-stepping', 'V,X=measures wrongly', '--refuse-stepping', 'V=de:misst falsch'],
      ['--only-bootloader', '0x91,0x92=needs its commands', '--preserve', '0x0801F000:4K'],
      ['--minimum-from', '1.0.0', '--minimum-app', '0.2.0', '--vector-table-last', '--start', 'replug'],
      ['--application', '1209:0001', '--allow-downgrade', '--channel', 'beta', '--rollout', '5%'],
    ].flat();
    expect(await repo(...release('2.0.0-beta.1'), ...fits, '--as', 'airmeter-h7', '--json')).toBe(0);
    expect(world.json).toMatchObject({
      target: 'airmeter/airmeter-h7-2.0.0-beta.1.dfu',
      release: {
        fits: {
          products: ['airmeter'],
          chips: [0x450, 0x413],
          steppings: {
            rule: 'not',
            values: ['V', 'X'],
            reason: { en: 'measures wrongly', de: 'misst falsch' },
          },
          bootloaders: { rule: 'only', values: [0x91, 0x92], reason: { en: 'needs its commands' } },
          flashSize: 131072,
        },
        policy: {
          vectorTableLast: true,
          preserve: [{ start: 0x0801_f000, end: 0x0802_0000 }],
          downgrade: true,
          start: 'replug',
        },
        application: { vendorId: 0x1209, productId: 1 },
        minimumFrom: '1.0.0',
        minimumApp: '0.2.0',
      },
    });
  });

  it.each([
    [['--version', '1.4'], 2, 'version'],
    [['--chip', 'H743'], 2, 'device ID in hexadecimal'],
    [['--refuse-stepping', 'V'], 2, 'the reason people are told'],
    [['--refuse-stepping', 'V=de:nur deutsch'], 2, 'in English as well'],
    [['--only-stepping', 'V=a', '--refuse-stepping', 'Y=b'], 2, 'contradict'],
    [['--only-bootloader', 'V9=a'], 2, 'no bootloader ID'],
    [['--rollout', '101%'], 2, 'from 0 to 100'],
    [['--format', 'elf'], 9, 'said to be elf'],
    [['--address', '0x08000000'], 2, '--address is for raw files'],
    [['--flash-size', '1'], 9, 'is not in internal flash'],
    [['--notes', 'missing.md'], 2, 'cannot be read'],
    [['--as', '../../etc'], 2, 'is no name for a file'],
  ])('is refused with %j', async (args, exitCode, complaint) => {
    expect(await repo(...release('1.0.0'), ...args)).toBe(exitCode);
    expect(complained()).toContain(complaint);
    expect(existsSync(world.path('shop/staged'))).toBe(false);
  });

  it('is no file with option bytes in it, and none that is no firmware', async () => {
    const both = FirmwareImage.from([{ address: 0x0800_0000, bytes: BYTES }], {}, [
      { alternate: 1, name: 'Option Bytes', ranges: [{ address: 0x1fff_c000, bytes: BYTES.slice(0, 16) }] },
    ]);
    const added = (path: string) => release('1.0.0').map((each) => (each.endsWith('app.dfu') ? path : each));
    expect(await repo(...added(file('both.dfu', writeDfuse(both))))).toBe(9);
    expect(complained()).toContain('data for Option Bytes');
    expect(await repo(...added(file('page.dfu', '<html></html>')))).toBe(9);
    expect(await repo(...added(file('app.bin', BYTES)))).toBe(9);
    expect(await repo(...added(file('app.bin', BYTES)), '--address', '0x08000000')).toBe(0);
  });

  it('may be corrected until it is signed, and never afterwards', async () => {
    await repo(
      'key',
      'generate',
      'all',
      '--without-passphrase',
      ...['root', 'targets', 'snapshot', 'timestamp'].flatMap((role) => ['--for', role]),
    );
    await repo(...release('1.0.0'));
    expect(await repo(...release('1.0.0'), '--rollout', '5')).toBe(0);
    await repo('sign');
    expect(await repo(...release('1.0.0'), '--rollout', '6')).toBe(2);
    expect(complained()).toContain('what is published is never replaced');
    expect(await repo('rollout', '9.9.9', '5')).toBe(2);
    expect(complained()).toContain('There are: airmeter/airmeter-1.0.0.dfu');
  });
});

/** One key for every role, and a release that waits to be signed. */
async function shopWithRelease(): Promise<void> {
  await run('init', world.path('shop'), '--without-keys');
  await repo(
    'key',
    'generate',
    'all',
    '--without-passphrase',
    ...['root', 'targets', 'snapshot', 'timestamp'].flatMap((role) => ['--for', role]),
  );
  await repo(...release('1.0.0'));
}

describe('check', () => {
  beforeEach(async () => {
    await shopWithRelease();
  });

  it('finds firmware that was changed, and metadata that was', async () => {
    await repo('sign');
    const publicFolder = join(world.path('shop'), 'public');
    const targets = join(publicFolder, 'metadata/1.targets.json');
    const signed = readFileSync(targets);
    writeFileSync(targets, signed.toString().replace('"rollout":100', '"rollout":101'));
    expect(await repo('check')).toBe(10);
    writeFileSync(targets, signed);
    expect(await repo('check')).toBe(0);
    const [name = ''] = readdirSync(join(publicFolder, 'targets/airmeter'));
    writeFileSync(
      join(publicFolder, 'targets/airmeter', name),
      DFU.map((byte) => byte ^ 1),
    );
    expect(await repo('check')).toBe(10);
  });

  it('says in time what runs out, and what has', async () => {
    await repo('sign', '--now', '2025-12-23T00:00:00Z');
    expect(await repo('check')).toBe(7);
    expect(said()).toContain('timestamp runs out in 3 days: `stepwise repo sign --refresh`.');
    await repo('sign', '--refresh', '--now', '2025-11-01T00:00:00Z');
    expect(await repo('check')).toBe(10);
    expect(complained()).toContain('out of date');
  });

  it('names what nothing refers to, and takes no address in the clear', async () => {
    await repo('sign');
    writeFileSync(join(world.path('shop'), 'public/targets/airmeter/old.dfu'), 'old');
    expect(await repo('check')).toBe(0);
    expect(said()).toContain('targets/airmeter/old.dfu may be deleted');
    expect(await repo('check', 'http://updates.example.com')).toBe(2);
  });
});

it('serve serves what was published until Ctrl-C, and check sees it there', async () => {
  await shopWithRelease();
  // A server tells the time of this computer.
  vi.useRealTimers();
  await repo('sign', '--now', new Date().toISOString());
  const serving = repo('serve', '--json');
  const { terminal } = world;
  await new Promise<void>((resolve) => {
    terminal.out.onWrite = () => resolve();
  });
  const { url } = JSON.parse(terminal.out.lines[0] ?? '') as { url: string };
  expect(await repo('check', url)).toBe(0);
  terminal.stop();
  expect(await serving).toBe(0);
  expect(terminal.err.text).toContain('GET /metadata/timestamp.json 200');
});

it('a folder that is no repository is said to be none', async () => {
  expect(await repo('sign')).toBe(2);
  expect(complained()).toContain('`stepwise repo init` begins one');
  expect(await run('init', world.path('shop'), '--without-keys')).toBe(0);
  expect(await run('init', world.path('shop'), '--without-keys')).toBe(2);
});

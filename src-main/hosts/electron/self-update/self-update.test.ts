import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { NsisUpdater } from 'electron-updater';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Mischief } from '../../../../test/electron/hostile-server.ts';
import { Machine, OLD_APPLICATION, Program } from '../../../../test/electron/self-update-rig.ts';
import { rejection } from '../../../../test/rig/in-time.ts';
import { key } from '../../../../test/catalog/maker.ts';
import type { AppPackage } from '../../../../shared/release.ts';

/** A script, so that it can be run where it has to be: it writes down what it was started with. */
const NEW_APPLICATION = Buffer.from(`#!/bin/sh\necho "$@" > "$0.ran"\n${'#'.repeat(200_000)}\n`);
const OTHER_BYTES = Buffer.from(NEW_APPLICATION).fill('X', 100_000);

let machine: Machine;
async function start(kind: AppPackage = 'appimage'): Promise<Program> {
  machine = await Machine.start(kind);
  vi.stubEnv('APPIMAGE', kind === 'appimage' ? machine.appImage : undefined);
  return Program.start(machine);
}
afterEach(async () => {
  vi.unstubAllEnvs();
  await machine.close();
});

/** So much came of it when a device began to be worked on. */
async function begunWith(program: Program, beginning: Uint8Array): Promise<void> {
  machine.server.mischief = inPlaceOfFiles((response) => void response.writeHead(200).write(beginning));
  await program.update.check();
  while (!(program.stage.kind === 'downloading' && program.stage.received === beginning.length))
    await new Promise((resolve) => setImmediate(resolve));
  program.busyAt = '1-3';
  program.update.reconsider();
  machine.server.mischief = () => false;
}

const installed = () => readFileSync(machine.appImage, 'utf8');
const isFile = (path: string) => path.startsWith('targets/app/');
const inPlaceOfFiles =
  (answer: (response: ServerResponse) => void): Mischief =>
  (path, response) => {
    if (!isFile(path)) return false;
    answer(response);
    return true;
  };

describe('an application that updates itself', () => {
  it('fetches quietly, waits for the person’s word, and is another one after it has ended', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    expect(await program.look()).toMatchObject({
      kind: 'ready',
      atQuit: false,
      newer: { version: '1.1.0', notes: { en: 'What is new in 1.1.0.' }, bytes: NEW_APPLICATION.length },
    });
    expect(installed()).toBe(OLD_APPLICATION);
    expect(await program.update.install('now')).toMatchObject({ stage: { kind: 'installing' } });
    expect(program.app.quits).toBe(1);
    await program.end();
    expect(installed()).toBe(NEW_APPLICATION.toString());
    expect(statSync(machine.appImage).mode & 0o777).toBe(0o755);
    expect(program.app.relaunches).toEqual([machine.appImage]);

    const after = await Program.start(machine, { version: '1.1.0' });
    expect(await after.look()).toEqual({ kind: 'current' });
    await after.end();
    expect(machine.filesIn(machine.downloads)).toEqual([]);
  });

  it('tells how far it is, once a percent and never back', async () => {
    const program = await start();
    await machine.publish('1.1.0', Buffer.alloc(3_000_000, 1));
    await program.look();
    const received = program.told.flatMap(({ stage }) =>
      stage.kind === 'downloading' ? [stage.received] : [],
    );
    expect(received.length).toBeGreaterThan(3);
    expect(received.length).toBeLessThanOrEqual(101);
    expect(received).toEqual(received.toSorted((a, b) => a - b));
  });

  it('installs nothing at quit where nobody agreed, or took it back', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    await program.update.install('at-quit');
    expect(await program.update.install('later')).toMatchObject({ stage: { kind: 'ready', atQuit: false } });
    await program.end();
    expect(installed()).toBe(OLD_APPLICATION);
  });

  it('installs at quit where the person agreed, and does not start again', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    expect(await program.update.install('at-quit')).toMatchObject({ stage: { kind: 'ready', atQuit: true } });
    expect(program.app.quits).toBe(0);
    await program.end();
    expect(installed()).toBe(NEW_APPLICATION.toString());
    expect(program.app.relaunches).toEqual([]);
  });

  it('does not take the agreement to one version for one to the next', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    await program.update.install('at-quit');
    await machine.publish('1.2.0', OTHER_BYTES);
    expect(await program.look()).toMatchObject({ kind: 'ready', atQuit: false, newer: { version: '1.2.0' } });
    await program.end();
    expect(installed()).toBe(OLD_APPLICATION);
  });

  it('has it ready without another download when it is started again', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    await program.end();
    machine.server.asked.splice(0);
    const again = await Program.start(machine);
    expect(await again.stages('ready', 'failed')).toMatchObject({ kind: 'ready' });
    expect(machine.server.asked).toEqual([]);
    await again.update.install('at-quit');
    await again.end();
    expect(installed()).toBe(NEW_APPLICATION.toString());
  });

  it('drops what was withdrawn', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    await program.update.install('at-quit');
    machine.maker.maker.targets.splice(0);
    await machine.publish('1.1.0', NEW_APPLICATION, { withdrawn: { en: 'It does not start.' } });
    expect(await program.look()).toEqual({ kind: 'current' });
    await program.end();
    expect(installed()).toBe(OLD_APPLICATION);
  });
});

describe('while a device is being worked on', () => {
  it('nothing is fetched, and nothing installed', async () => {
    const program = await start();
    program.busyAt = '1-3';
    await machine.publish('1.1.0', NEW_APPLICATION);
    expect(await program.look()).toMatchObject({ kind: 'waiting', newer: { version: '1.1.0' } });
    expect(machine.server.asked.filter(({ path }) => isFile(path))).toEqual([]);
    program.busyAt = undefined;
    program.update.reconsider();
    await program.stages('ready');
    program.busyAt = '1-3';
    expect(await rejection(program.update.install('now'))).toMatchObject({ code: 'occupied' });
    expect(program.app.quits).toBe(0);
    await program.end();
  });

  it('what was begun stops, and goes on from there afterwards', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    const half = NEW_APPLICATION.subarray(0, 100_000);
    await begunWith(program, half);
    expect(program.stage).toMatchObject({ kind: 'waiting' });
    machine.server.asked.splice(0);
    program.busyAt = undefined;
    program.update.reconsider();
    expect(await program.stages('ready', 'failed')).toMatchObject({ kind: 'ready' });
    expect(machine.server.asked.map(({ range }) => range)).toEqual([`bytes=${half.length}-`]);
    await program.end();
  });

  it('a device that was begun with after all keeps the program', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    await program.update.install('now');
    program.busyAt = '1-3';
    program.update.reconsider();
    expect(program.stage).toMatchObject({ kind: 'ready', atQuit: false });
    await program.end();
    expect(installed()).toBe(OLD_APPLICATION);
  });
});

/** What a server does, and what comes of it. */
const ATTACKS: readonly {
  readonly name: string;
  readonly mischief: (program: Program) => Mischief;
  readonly failure: object;
}[] = [
  {
    name: 'other bytes of the same length',
    mischief: () => inPlaceOfFiles((response) => response.writeHead(200).end(OTHER_BYTES)),
    failure: { code: 'not-trusted' },
  },
  {
    name: 'half of it',
    mischief: () =>
      inPlaceOfFiles((response) => {
        response.writeHead(200, { 'content-length': NEW_APPLICATION.length });
        response.write(NEW_APPLICATION.subarray(0, 50_000), () => response.destroy());
      }),
    failure: { code: 'offline' },
  },
  {
    name: 'the beginning, as if it were all',
    mischief: () => inPlaceOfFiles((response) => response.writeHead(200).end(NEW_APPLICATION.subarray(0, 9))),
    failure: { code: 'not-trusted' },
  },
  {
    name: 'data without end',
    mischief: () =>
      inPlaceOfFiles((response) => {
        const piece = Buffer.alloc(65_536, 'A');
        const pour = () => {
          while (!response.destroyed && response.write(piece)) machine.server.sent += piece.length;
        };
        response.writeHead(200).on('drain', pour);
        pour();
      }),
    failure: { code: 'not-trusted' },
  },
  {
    name: 'a page in HTML',
    mischief: () =>
      inPlaceOfFiles((response) =>
        response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in first'),
      ),
    failure: { code: 'not-the-repository' },
  },
  {
    name: 'a redirection to another place',
    mischief: () =>
      inPlaceOfFiles((response) => response.writeHead(302, { location: 'http://update.invalid/' }).end()),
    failure: { code: 'not-the-repository' },
  },
  {
    name: 'nothing',
    mischief: () => inPlaceOfFiles((response) => response.writeHead(404).end()),
    failure: { code: 'server-refused' },
  },
];

describe.each([
  ['appimage', ATTACKS],
  ['nsis', ATTACKS],
  ['deb', ATTACKS.slice(0, 1)],
  ['rpm', ATTACKS.slice(0, 1)],
] as const)('a hostile server, for %s', (kind, attacks) => {
  it.each(attacks)(
    'that gives $name changes nothing, and the next honest one is believed',
    async (attack) => {
      const program = await start(kind);
      await machine.publish('1.1.0', NEW_APPLICATION);
      machine.server.mischief = attack.mischief(program);
      expect(await program.look()).toMatchObject({ kind: 'failed', failure: attack.failure });
      expect(await rejection(program.update.install('now'))).toMatchObject({ code: 'not-found' });
      expect(machine.server.sent).toBeLessThan(20_000_000);
      const lying = machine
        .filesIn(machine.downloads)
        .filter(({ text }) => text.length > NEW_APPLICATION.length);
      expect(lying).toEqual([]);

      machine.server.mischief = () => false;
      program.update.retry();
      expect(await program.stages('ready', 'failed')).toMatchObject({ kind: 'ready' });
      await program.end();
      expect(installed()).toBe(OLD_APPLICATION);
    },
  );
});

describe('a hostile server', () => {
  it('cannot offer what is not signed, in whatever form it says so', async () => {
    const program = await start();
    await machine.publish('1.0.0', NEW_APPLICATION);
    await program.look();
    const thief = machine.maker.maker.fork();
    thief.roles.targets = { signers: [key(99)], threshold: 1 };
    await thief.application('6.6.6', OTHER_BYTES);
    machine.server.mischief = (path, response) => {
      const body = path.endsWith('.yml')
        ? 'version: 6.6.6\npath: x.AppImage\nsha512: x\n'
        : thief.files.get(path);
      if (body === undefined) return false;
      response.writeHead(200).end(body);
      return true;
    };
    expect(await program.look()).toEqual({ kind: 'current' });
    expect(program.catalog.state.failure).toMatchObject({ code: 'not-trusted' });
    expect(machine.server.asked.filter(({ path }) => isFile(path) || path.endsWith('.yml'))).toEqual([]);
    await program.end();
  });

  it.each([
    ['an older version', '0.9.0', {}],
    ['the same version again', '1.0.0', {}],
    ['another channel', '1.1.0', { channel: 'beta' }],
    ['another system', '1.1.0', { platform: 'win32', package: 'nsis' }],
    ['another processor', '1.1.0', { arch: 'arm64' }],
    ['another part of the installations', '1.1.0', { rollout: 0 }],
  ] as const)('cannot make it take %s, though it is signed', async (_, version, changes) => {
    const program = await start();
    await machine.publish(version, NEW_APPLICATION, changes);
    expect(await program.look()).toEqual({ kind: 'current' });
    expect(machine.server.asked.filter(({ path }) => isFile(path))).toEqual([]);
    await program.end();
  });

  it('cannot go back to when the newer version was not there', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    const before = new Map(machine.maker.maker.files);
    await machine.publish('1.2.0', OTHER_BYTES);
    await program.look();
    machine.server.mischief = (path, response) => {
      const body = before.get(path);
      if (path !== 'metadata/timestamp.json' || !body) return false;
      response.writeHead(200).end(body);
      return true;
    };
    expect(await program.look()).toMatchObject({ kind: 'ready', newer: { version: '1.2.0' } });
    expect(program.catalog.state.failure).toMatchObject({ code: 'not-trusted' });
    await program.end();
  });

  it('offers beta versions to those who want them', async () => {
    const program = await start();
    await machine.publish('1.1.0-beta.1', NEW_APPLICATION, { channel: 'beta' });
    expect(await program.look()).toEqual({ kind: 'current' });
    program.channel = 'beta';
    program.update.reconsider();
    expect(await program.stages('ready', 'failed')).toMatchObject({ newer: { version: '1.1.0-beta.1' } });
    await program.end();
  });
});

describe('what is replaced on the disk after it was verified', () => {
  beforeEach(() => vi.unstubAllEnvs());

  async function replaced(kind: AppPackage): Promise<Program> {
    const program = await start(kind);
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    const [ready] = machine.filesIn(machine.downloads).filter(({ text }) => text.startsWith('#!/bin/sh'));
    if (!ready) throw new Error('nothing was downloaded');
    writeFileSync(ready.path, OTHER_BYTES);
    return program;
  }

  it.each(['appimage', 'nsis', 'deb', 'rpm'] as const)(
    'is not installed now, and the program goes on: %s',
    async (kind) => {
      const program = await replaced(kind);
      expect(await program.update.install('now')).toMatchObject({
        stage: { kind: 'failed', failure: { code: 'not-trusted' } },
      });
      expect(program.app.quits).toBe(0);
      await program.end();
      expect(installed()).toBe(OLD_APPLICATION);
    },
  );

  it.each(['appimage', 'nsis', 'deb', 'rpm'] as const)('is not installed at quit: %s', async (kind) => {
    const program = await replaced(kind);
    await program.update.install('at-quit');
    await program.end();
    expect(installed()).toBe(OLD_APPLICATION);
    expect(machine.filesIn(machine.folder).filter(({ path }) => path.endsWith('.ran'))).toEqual([]);
    expect(machine.filesIn(join(machine.folder, 'programs'))).toHaveLength(1);
    expect(program.log.read(50).filter(({ message }) => message.includes('not installed'))).toHaveLength(1);
  });

  it('brings the old application back to whoever wanted to go on', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    await program.update.install('now');
    for (const { path } of machine.filesIn(machine.downloads)) writeFileSync(path, OTHER_BYTES);
    await program.end();
    expect(installed()).toBe(OLD_APPLICATION);
    expect(program.app.relaunches).toEqual([machine.appImage]);
  });

  it('is fetched anew where the part of a download was', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    await begunWith(program, NEW_APPLICATION.subarray(0, 50_000));
    const [part] = machine.filesIn(machine.downloads).filter(({ path }) => path.endsWith('.part'));
    if (!part) throw new Error('there is no part of a download');
    writeFileSync(part.path, OTHER_BYTES.subarray(0, 150_000));
    program.busyAt = undefined;
    program.update.reconsider();
    expect(await program.stages('ready', 'failed')).toMatchObject({ kind: 'ready' });
    await program.update.install('at-quit');
    await program.end();
    expect(installed()).toBe(NEW_APPLICATION.toString());
  });
});

describe('each kind of package', () => {
  it('of NSIS is run silently from a copy of its own, which starts the new application', async () => {
    const program = await start('nsis');
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    await program.update.install('now');
    await program.end();
    const ran = () => machine.filesIn(machine.downloads).find(({ path }) => path.endsWith('.ran'));
    await expect.poll(() => ran()?.text).toBe('--updated /S --force-run\n');
    expect(ran()?.path).toContain('verified-');
  });

  it('of NSIS has to be signed as the system wants it, too', async () => {
    const program = await start('nsis');
    await machine.publish('1.1.0', NEW_APPLICATION);
    const windows = NsisUpdater.prototype as unknown as { verifySignature: () => Promise<string | null> };
    const asked = vi.spyOn(windows, 'verifySignature').mockResolvedValue('signed by somebody else');
    expect(await program.look()).toMatchObject({ kind: 'failed', failure: { code: 'not-trusted' } });
    asked.mockRestore();
    await program.end();
  });

  it('of an AppImage takes the place of a half one that a fall left behind', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    writeFileSync(`${machine.appImage}.new`, 'half');
    await program.update.install('at-quit');
    await program.end();
    expect(installed()).toBe(NEW_APPLICATION.toString());
    expect(machine.filesIn(join(machine.folder, 'programs'))).toHaveLength(1);
  });

  it('of an AppImage is not replaced where there is no place for it, and nothing ends for it', async () => {
    const program = await start();
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    rmSync(join(machine.folder, 'programs'), { recursive: true });
    expect(await program.update.install('now')).toMatchObject({
      stage: { kind: 'failed', failure: { code: 'host-file' } },
    });
    expect(program.app.quits).toBe(0);
    await program.end();
  });

  it.each([
    ['deb', 'apt-get', '--yes --no-install-recommends install ./package.deb'],
    ['rpm', 'dnf', 'install --nogpgcheck --assumeyes ./package.rpm'],
  ] as const)('%s is installed by %s, from a copy that was verified', async (kind, tool, args) => {
    const program = await start(kind);
    await machine.publish('1.1.0', NEW_APPLICATION);
    await program.look();
    machine.installTool(tool, `echo "$@" > ${machine.folder}/asked; cp ./package.* ${machine.folder}/got`);
    await program.update.install('now');
    await program.end();
    expect(readFileSync(join(machine.folder, 'asked'), 'utf8')).toBe(`${args}\n`);
    expect(readFileSync(join(machine.folder, 'got')).equals(NEW_APPLICATION)).toBe(true);
    expect(program.app.relaunches).toEqual([undefined]);
  });

  it.each([
    ['deb', 'apt-get'],
    ['rpm', 'dnf'],
  ] as const)(
    '%s that %s refuses is not installed, and the old application comes back',
    async (kind, tool) => {
      const program = await start(kind);
      await machine.publish('1.1.0', NEW_APPLICATION);
      await program.look();
      machine.installTool(tool, 'echo "no space left" >&2; exit 1');
      await program.update.install('now');
      await program.end();
      expect(program.log.read(50).at(-1)?.message).toContain('no space left');
      expect(program.app.relaunches).toEqual([undefined]);
    },
  );
});

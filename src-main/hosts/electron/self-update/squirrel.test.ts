/** macOS: electron-updater's class for it needs Electron, so a stand-in is driven here, and only what we do is seen. */
import { EventEmitter } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MacUpdater } from 'electron-updater';
import { afterEach, expect, it } from 'vitest';
import { Machine, Program } from '../../../../test/electron/self-update-rig.ts';

const squirrel = { file: '', installed: 0, fails: false };

class SquirrelDouble extends EventEmitter {
  checkForUpdates = () => Promise.resolve({ isUpdateAvailable: true });
  downloadUpdate = () => Promise.resolve([squirrel.file]);
  setFeedURL = () => undefined;
  quitAndInstall(): void {
    squirrel.installed += 1;
    if (squirrel.fails) this.emit('error', new Error('Code signature did not pass validation'));
  }
}

/** It does not end this program; nobody waits for it. */
const AT_ONCE = { now: () => 0, sleep: () => Promise.resolve() };

const NEW_APPLICATION = Buffer.alloc(5_000, 'x');
let machine: Machine;
afterEach(() => machine.close());

async function ready(): Promise<Program> {
  machine = await Machine.start('zip');
  Object.assign(squirrel, { file: join(machine.folder, 'update.zip'), installed: 0, fails: false });
  writeFileSync(squirrel.file, NEW_APPLICATION);
  await machine.publish('1.1.0', NEW_APPLICATION, { arch: 'universal' });
  const make = () => new SquirrelDouble() as unknown as MacUpdater;
  const program = await Program.start(machine, { clock: AT_ONCE, make });
  expect(await program.look()).toMatchObject({ kind: 'ready' });
  return program;
}

it('Squirrel is asked at the end, and only where the person agreed', async () => {
  const program = await ready();
  await program.updater.finish();
  expect(squirrel.installed).toBe(0);
  await program.update.install('at-quit');
  await program.end();
  expect(squirrel.installed).toBe(1);
});

it('Squirrel gets nothing that was replaced after it was verified', async () => {
  const program = await ready();
  await program.update.install('at-quit');
  writeFileSync(squirrel.file, Buffer.alloc(5_000, 'y'));
  await program.end();
  expect(squirrel.installed).toBe(0);
});

it('what Squirrel refuses brings the old application back', async () => {
  const program = await ready();
  squirrel.fails = true;
  await program.update.install('now');
  await program.end();
  expect(program.app.relaunches).toEqual([undefined]);
});

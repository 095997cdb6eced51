import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AppDouble, ElectronDouble, EventDouble } from '../../../test/electron/electron-double.ts';
import { StandInServices } from '../../../test/rig/stand-in-services.ts';
import type { EventOf } from '../../../shared/contract.ts';
import type { Firmware } from '../../../shared/firmware.ts';
import { firmwareOpening } from './firmware-opening.ts';
import { listen } from './listen.ts';
import { firmwareFiles, OpenedFiles } from './opened-files.ts';
import { isFirstInstance } from './single-instance.ts';
import type { App } from 'electron';

const folder = mkdtempSync(join(tmpdir(), 'stepwise-open-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a firmware file among the arguments', () => {
  it('is told by its ending, and found from the folder it was named in', () => {
    const args = [
      '/usr/bin/stepwise',
      '--demo',
      'a.dfu',
      '/b/C.HEX',
      'notes.txt',
      '--open=x.dfu',
      'app.asar',
    ];
    expect(firmwareFiles(args, '/home')).toEqual([resolve('/home', 'a.dfu'), resolve('/b/C.HEX')]);
  });
});

describe('opened files', () => {
  it('wait until somebody can take them, in their order', () => {
    const app = new AppDouble('');
    const files = new OpenedFiles(app as unknown as App);
    const event = new EventDouble();
    app.emit('open-file', event, '/a.dfu');
    expect(event.defaultPrevented).toBe(true);
    files.add(['/b.dfu']);
    const taken: string[] = [];
    files.takenBy((path) => taken.push(path));
    expect(taken).toEqual(['/a.dfu', '/b.dfu']);
    app.emit('open-file', new EventDouble(), '/c.dfu');
    expect(taken).toEqual(['/a.dfu', '/b.dfu', '/c.dfu']);
  });
});

describe('a second start', () => {
  it('hands its arguments to the first', () => {
    const { app, asElectron } = new ElectronDouble('');
    const told: unknown[] = [];
    expect(isFirstInstance(asElectron.app, (args, from) => told.push([args, from]))).toBe(true);
    app.emit('second-instance', {}, ['stepwise', 'a.dfu'], '/home');
    expect(told).toEqual([[['stepwise', 'a.dfu'], '/home']]);
  });

  it('is not the first', () => {
    const { app, asElectron } = new ElectronDouble('');
    app.isFirst = false;
    expect(isFirstInstance(asElectron.app, () => undefined)).toBe(false);
    expect(app.listenerCount('second-instance')).toBe(0);
  });
});

describe('a file that is opened', () => {
  const firmware: Firmware = {
    id: 'f',
    source: 'file',
    name: 'a.dfu',
    bytes: 4,
    format: 'dfuse',
    recommended: false,
  };

  function rig() {
    const added: unknown[] = [];
    const inner = new StandInServices({
      'firmware.add': (args) => {
        added.push(args);
        return firmware;
      },
    });
    const { services, open } = firmwareOpening(inner);
    const told: EventOf<'firmware-opened'>[] = [];
    const end = listen(services, 'firmware-opened', (event) => told.push(event));
    return { inner, services, open, added, told, end };
  }

  it('is firmware to choose, and the screens are told', async () => {
    const { open, added, told } = rig();
    const path = join(folder, 'a.dfu');
    writeFileSync(path, Buffer.from([1, 2, 3, 4]));
    await open(path);
    expect(added).toEqual([{ name: 'a.dfu', content: 'AQIDBA==' }]);
    expect(told).toEqual([{ firmware }]);
  });

  it('tells what is wrong with it', async () => {
    const { open, told } = rig();
    await open(join(folder, 'missing.dfu'));
    expect(told).toMatchObject([{ failure: { code: 'host-file', facts: { operation: 'read' } } }]);
  });

  it('leaves everything else of the services as it is', async () => {
    const { inner, services, told, open, end } = rig();
    const devices: unknown[] = [];
    listen(services, 'devices', (list) => devices.push(list));
    inner.announce('devices', []);
    expect(devices).toEqual([[]]);
    expect(services.isWriting()).toBe(false);
    await services.close();
    end();
    await open(join(folder, 'missing.dfu'));
    expect(told).toEqual([]);
  });
});

#!/usr/bin/env node
/** Entry point of the screens in a browser: the real world, put together around the loopback host. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import { thisComputer } from './diagnostics/host/this-computer.ts';
import { stateFolder } from './hosts/cli/state-folder.ts';
import { openDemoServices } from './hosts/demo-desk.ts';
import { surviveExceptions } from './hosts/exceptions.ts';
import { openLoopbackHost } from './hosts/loopback/loopback-host.ts';
import { openWithSystem } from './hosts/loopback/system-opener.ts';
import { nodeNetwork } from './hosts/network.ts';
import { readScreenFiles } from './hosts/screen-files.ts';
import { startFailure } from './hosts/start-failure.ts';
import { watchClock } from './log/clock-watch.ts';
import { Incidents } from './log/incidents.ts';
import { Log } from './log/log.ts';
import { markRun, uncleanEndWords } from './log/run-marker.ts';
import { computerSecrets } from './services/bundle/computer-secrets.ts';
import { ContractServer } from './services/contract-server.ts';
import type { Services } from './services/handlers.ts';
import { createServices } from './services/services.ts';
import { openLibusbBus } from './usb/libusb/libusb-bus.ts';
import { systemClock } from './usb/system-clock.ts';

/** This file is `dist/src-main/loopback.js` when it runs. */
const PACKAGE = new URL('../../', import.meta.url);
const folder = (name: string) => fileURLToPath(new URL(name, PACKAGE));

const options = z
  .object({
    demo: z.boolean(),
    device: z.array(z.string()),
    speed: z.number(),
    port: z.number(),
    state: z.string().optional(),
    product: z.string().optional(),
    origin: z.array(z.string()),
    open: z.boolean(),
  })
  .parse(program().parse().opts());

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')));

const today = (): string => new Date().toISOString();
const log = new Log({ today });
const incidents = new Incidents(log, today);
const state = options.state ?? ownStateFolder();
const marker = markRun({ folder: state, program: 'app in a browser', version, today });
watchClock(log, incidents, { wall: Date.now, steady: () => systemClock.now() });
const services = await openServices().catch((error: unknown): never => {
  process.stderr.write(`Stepwise cannot start. ${startFailure(error)}\n`);
  marker.end();
  process.exit(1);
});
for (const end of marker.uncleanEnds) incidents.add('unclean-end', uncleanEndWords(end));
const contract = new ContractServer(services, (level, message) => log.write(level, 'contract', message));
const host = await openLoopbackHost({
  contract,
  screens: await readScreenFiles(folder('dist/src-renderer')),
  port: options.port,
  origins: options.origin,
});
surviveExceptions(process, incidents);
process.stdout.write(`Stepwise is here, for one browser on this computer: ${host.address}\n`);
if (options.open) await openWithSystem(host.address).catch(() => process.stdout.write('Open it by hand.\n'));

let stopping = false;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping) process.exit(130);
    stopping = true;
    if (services.isWriting())
      process.stdout.write(
        'A device is being written: stopping where nothing is left half done. Once more stops at once.\n',
      );
    // Whatever still sleeps, a look at the repository every now and then, has nothing to do any more.
    void stop().finally(() => process.exit());
  });
}

async function stop(): Promise<void> {
  await services.close();
  contract.close();
  await host.close();
  marker.end();
}

async function openServices(): Promise<Services> {
  const here = {
    today,
    log,
    version,
    versions: { node: process.versions.node },
    clock: systemClock,
    host: 'loopback' as const,
    platform: process.platform,
    resourcesFolder: options.product ?? folder('resources/'),
    stateFolder: state,
    incidents,
    secrets: () => computerSecrets(process.env),
    openOutside: (what: Parameters<Parameters<typeof createServices>[0]['openOutside']>[0]) =>
      openWithSystem(what.kind === 'address' ? what.url : what.path),
  };
  if (options.demo)
    return (await openDemoServices({ ...here, speed: options.speed, devices: options.device })).services;
  const bus = await openLibusbBus({ clock: systemClock });
  return createServices({
    ...here,
    bus,
    computer: thisComputer,
    screenClock: systemClock,
    network: nodeNetwork,
  });
}

/** Virtual devices and real ones know nothing of each other, and may be on screens at the same time. */
function ownStateFolder(): string {
  const own = stateFolder({ environment: process.env, platform: process.platform, homeFolder: homedir() });
  return options.demo ? join(own, 'demo') : own;
}

function program(): Command {
  const number = (text: string): number => {
    const value = Number(text);
    if (text.trim() !== '' && value >= 0 && value <= 0xffff) return value;
    throw new InvalidArgumentError('a number from 0 to 65535');
  };
  const more = (value: string, before: readonly string[]) => [...before, value];
  return new Command('stepwise-screens')
    .description('The screens of Stepwise in a browser, served on 127.0.0.1 alone.')
    .option('--demo', 'virtual devices instead of real ones', false)
    .option('--device <name>', 'a virtual device that is plugged in from the start (repeatable)', more, [])
    .option('--speed <times>', 'how much faster than life virtual devices are', number, 1)
    .option('--port <number>', '0 for any that is free', number, 0)
    .option('--state <folder>', 'where interrupted updates, settings and logs are kept')
    .option('--product <folder>', 'where another product.json is, with its logo and pictures')
    .option(
      '--origin <address>',
      'a page besides our own that may speak to us: a development server',
      more,
      [],
    )
    .option('--open', 'open it in the browser of this computer', false);
}

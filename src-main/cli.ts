#!/usr/bin/env node
/** Entry point of the command line: the real world, put together. */
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { thisComputer } from './diagnostics/host/this-computer.ts';
import { main } from './hosts/cli/main.ts';
import { processTerminal } from './hosts/cli/process-terminal.ts';
import { nodeNetwork } from './hosts/network.ts';
import { openLibusbBus } from './usb/libusb/libusb-bus.ts';
import { systemClock } from './usb/system-clock.ts';

/** This file is `dist/src-main/cli.js` when it runs. */
const PACKAGE = new URL('../../', import.meta.url);

const { version } = z
  .object({ version: z.string() })
  .parse(JSON.parse(readFileSync(new URL('package.json', PACKAGE), 'utf8')));

process.exitCode = await main(process.argv.slice(2), {
  terminal: processTerminal(process),
  environment: process.env,
  platform: process.platform,
  homeFolder: homedir(),
  resourcesFolder: fileURLToPath(new URL('resources/', PACKAGE)),
  version,
  clock: systemClock,
  today: () => new Date().toISOString(),
  network: nodeNetwork,
  computer: thisComputer,
  openBus: () => openLibusbBus({ clock: systemClock }),
});

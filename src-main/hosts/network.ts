/** The way to servers where there is no Electron: Node's own, through the proxies its environment names. */
import type { Network } from '../catalog/fetch.ts';
import { nodeTransport } from '../catalog/node-transport.ts';
import type { Transport } from '../catalog/transport.ts';
import { systemClock } from '../usb/system-clock.ts';

export function networkBy(transport: Transport): Network {
  return { transport, clock: systemClock, random: Math.random };
}

export const nodeNetwork: Network = networkBy(nodeTransport(process.env));

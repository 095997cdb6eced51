import type { Client } from '../../shared/contract.ts';
import { ElectronWire, type Bridge } from './electron-wire.ts';
import { SocketWire } from './socket-wire.ts';
import { WireClient } from './wire-client.ts';

declare global {
  interface Window {
    readonly stepwise?: Bridge;
  }
}

/** The main side, through the window's bridge in Electron, else through the host that served this page. */
export async function connect(): Promise<Client> {
  if (window.stepwise) return new WireClient(new ElectronWire(window.stepwise));
  const address = new URL('/contract', window.location.href);
  address.protocol = 'ws:';
  return new WireClient(await SocketWire.open(address.href));
}

import type { MainMessage, ScreenMessage } from '../../shared/messages.ts';
import type { Wire, WireListener } from './wire.ts';

/** What the preload puts into the page (`src-main/preload.cts`). */
export interface Bridge {
  send(message: ScreenMessage): void;
  onMessage(listener: (message: MainMessage) => void): void;
}

/** The contract over Electron's IPC. It lives and dies with the window. */
export class ElectronWire implements Wire {
  readonly #bridge: Bridge;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
  }

  listen(listener: WireListener): void {
    this.#bridge.onMessage((message) => {
      listener.onMessage(message);
    });
  }

  send(message: ScreenMessage): void {
    this.#bridge.send(message);
  }
}

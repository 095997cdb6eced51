import type { MainMessage, ScreenMessage } from '../../shared/messages.ts';
import type { Wire, WireListener } from './wire.ts';

const RETRY_DELAY_MS = 1_000;
/** The host says so when another page has taken over: trying again would only throw that one out. */
const REPLACED = 4001;

/** The contract over a WebSocket to the host that served this page. */
export class SocketWire implements Wire {
  readonly #address: string;
  #listener: WireListener | undefined;
  #socket: WebSocket | undefined;

  private constructor(address: string) {
    this.#address = address;
  }

  /** Resolves when it is open; goes on trying until it is. */
  static async open(address: string): Promise<SocketWire> {
    const wire = new SocketWire(address);
    await new Promise<void>((resolve) => {
      wire.#connect(resolve);
    });
    return wire;
  }

  listen(listener: WireListener): void {
    this.#listener = listener;
  }

  send(message: ScreenMessage): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(message));
  }

  #connect(onOpen: () => void): void {
    const socket = new WebSocket(this.#address);
    this.#socket = socket;
    let opened = false;
    socket.addEventListener('open', () => {
      opened = true;
      onOpen();
    });
    socket.addEventListener('message', ({ data }) => {
      this.#listener?.onMessage(JSON.parse(String(data)) as MainMessage);
    });
    socket.addEventListener('close', ({ code }) => {
      if (opened) this.#listener?.onLost(code === REPLACED ? 'replaced' : 'lost');
      if (code === REPLACED) return;
      const again = opened ? (): void => this.#listener?.onBack() : onOpen;
      setTimeout(() => {
        this.#connect(again);
      }, RETRY_DELAY_MS);
    });
  }
}

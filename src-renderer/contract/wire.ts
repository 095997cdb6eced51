/** What carries messages between a screen and the main side. */
import type { ConnectionState } from '../../shared/contract.ts';
import type { MainMessage, ScreenMessage } from '../../shared/messages.ts';

export interface Wire {
  /** A message while the wire is down is lost; {@link WireListener.onLost} has been called then. */
  send(message: ScreenMessage): void;
  /** To be called once. */
  listen(listener: WireListener): void;
}

export interface WireListener {
  onMessage(message: MainMessage): void;
  onLost(state: Exclude<ConnectionState, 'connected'>): void;
  onBack(): void;
}

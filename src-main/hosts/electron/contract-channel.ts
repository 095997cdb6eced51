/**
 * The contract over Electron's IPC: one channel each way. Whoever can run a script somewhere in the window could use it,
 * so the sender of every message is looked at: our window, its outermost frame, and a page of ours in it.
 */
import type { IpcMain, IpcMainEvent, WebContents } from 'electron';
import type { ContractServer, ContractSession } from '../../services/contract-server.ts';
import { SCREENS_ORIGIN } from './screens-protocol.ts';

/** Named once more in `preload.cts`, which can import nothing. */
export const CONTRACT_CHANNEL = 'stepwise';

/** Ends by itself with the window. */
export function carryContract(ipcMain: IpcMain, contents: WebContents, contract: ContractServer): void {
  const open = (): ContractSession<IpcMainEvent> =>
    contract.connect<IpcMainEvent>({
      trusts: (event) => isOurScreen(event, contents),
      send: (message) => {
        if (!contents.isDestroyed()) contents.send(CONTRACT_CHANNEL, message);
      },
    });
  let session = open();
  const receive = (event: IpcMainEvent, message: unknown): void => {
    session.receive(message, event);
  };
  ipcMain.on(CONTRACT_CHANNEL, receive);
  // A page that is loaded again counts its requests from the beginning, and nobody waits for the old answers.
  contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (!isMainFrame || isSameDocument) return;
    session.close();
    session = open();
  });
  contents.once('destroyed', () => {
    ipcMain.off(CONTRACT_CHANNEL, receive);
    session.close();
  });
}

function isOurScreen({ sender, senderFrame }: IpcMainEvent, contents: WebContents): boolean {
  if (sender !== contents || contents.isDestroyed()) return false;
  if (senderFrame === null || senderFrame.isDestroyed() || senderFrame.detached) return false;
  return senderFrame.parent === null && senderFrame.origin === SCREENS_ORIGIN;
}

/** The one thing a page gets from us: a way for messages of the contract. Sandboxed preloads are CommonJS. */
import type * as Electron from 'electron';

// eslint-disable-next-line @typescript-eslint/no-require-imports -- a sandbox runs CommonJS alone, for which verbatimModuleSyntax and erasableSyntaxOnly leave no import
const { contextBridge, ipcRenderer } = require('electron') as typeof Electron;

/** `CONTRACT_CHANNEL` of hosts/electron/contract-channel.ts; a sandboxed preload can import nothing of ours. */
const CHANNEL = 'stepwise';

contextBridge.exposeInMainWorld('stepwise', {
  send: (message: unknown): void => {
    ipcRenderer.send(CHANNEL, message);
  },
  onMessage: (listener: (message: unknown) => void): void => {
    // The event object would give the page a hold on IPC itself.
    ipcRenderer.on(CHANNEL, (_event, message: unknown) => {
      listener(message);
    });
  },
});

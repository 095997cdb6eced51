import type * as electron from 'electron';

/** What the shell uses of Electron. It is handed in, so that a double can stand in for it. */
export type Electron = Pick<
  typeof electron,
  | 'app'
  | 'BrowserWindow'
  | 'dialog'
  | 'ipcMain'
  | 'Menu'
  | 'nativeTheme'
  | 'powerMonitor'
  | 'powerSaveBlocker'
  | 'protocol'
  | 'screen'
  | 'session'
  | 'shell'
>;

/** Tells the log; `room` is this one. */
export type ShellLog = (level: 'error' | 'warn' | 'info' | 'debug', message: string) => void;

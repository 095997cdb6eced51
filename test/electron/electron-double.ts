/**
 * Electron as far as the shell sees it, for tests: what it was told can be looked at, and what it would tell can be made
 * to happen. It is written against Electron's own types; that the real one behaves like this is for the walks
 * beside this file, which run where its runtime is.
 */
import { EventEmitter } from 'node:events';
import type {
  BrowserWindow,
  BrowserWindowConstructorOptions,
  CustomScheme,
  MenuItemConstructorOptions,
  MessageBoxOptions,
  Rectangle,
  WebContents,
} from 'electron';
import type { Electron } from '../../src-main/hosts/electron/electron.ts';

/** An event that can be prevented. */
export class EventDouble {
  defaultPrevented = false;

  preventDefault(): void {
    this.defaultPrevented = true;
  }
}

export interface FrameDouble {
  readonly parent: FrameDouble | null;
  readonly origin: string;
  readonly detached: boolean;
  isDestroyed(): boolean;
}

export function frame(origin: string, fields: Partial<FrameDouble> = {}): FrameDouble {
  return { parent: null, origin, detached: false, isDestroyed: () => false, ...fields };
}

export class ContentsDouble extends EventEmitter {
  readonly sent: { readonly channel: string; readonly message: unknown }[] = [];
  destroyed = false;
  reloads = 0;
  killed = 0;
  #openHandler: ((details: { readonly url: string }) => { readonly action: string }) | undefined;

  isDestroyed(): boolean {
    return this.destroyed;
  }

  send(channel: string, message: unknown): void {
    this.sent.push({ channel, message });
  }

  reload(): void {
    this.reloads += 1;
  }

  forcefullyCrashRenderer(): void {
    this.killed += 1;
  }

  setWindowOpenHandler(handler: (details: { readonly url: string }) => { readonly action: string }): void {
    this.#openHandler = handler;
  }

  /** What a page's `window.open` comes to. */
  openFromPage(url: string): string | undefined {
    return this.#openHandler?.({ url }).action;
  }

  destroy(): void {
    this.destroyed = true;
    this.emit('destroyed');
  }

  get asContents(): WebContents {
    return this as unknown as WebContents;
  }
}

export class WindowDouble extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new ContentsDouble();
  readonly calls: string[] = [];
  readonly progress: { readonly fraction: number; readonly mode: string }[] = [];
  bounds: Rectangle = { x: 10, y: 20, width: 1000, height: 700 };
  maximized = false;
  minimized = false;
  focused = true;
  destroyed = false;
  background: string | undefined;
  address: string | undefined;

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
    this.background = options.backgroundColor;
  }

  show(): void {
    this.calls.push('show');
  }

  focus(): void {
    this.calls.push('focus');
  }

  maximize(): void {
    this.calls.push('maximize');
  }

  restore(): void {
    this.calls.push('restore');
  }

  flashFrame(flash: boolean): void {
    this.calls.push(`flash ${String(flash)}`);
  }

  isMinimized(): boolean {
    return this.minimized;
  }

  isMaximized(): boolean {
    return this.maximized;
  }

  isFocused(): boolean {
    return this.focused;
  }

  isDestroyed(): boolean {
    return this.destroyed;
  }

  getNormalBounds(): Rectangle {
    return this.bounds;
  }

  setBackgroundColor(colour: string): void {
    this.background = colour;
  }

  setProgressBar(fraction: number, { mode }: { readonly mode: string }): void {
    this.progress.push({ fraction, mode });
  }

  loadURL(address: string): Promise<void> {
    this.address = address;
    return Promise.resolve();
  }

  /** A person, or the program, closes it. @returns whether it did */
  close(): boolean {
    const event = new EventDouble();
    this.emit('close', event);
    if (event.defaultPrevented) return false;
    this.destroyed = true;
    this.webContents.destroy();
    this.emit('closed');
    return true;
  }

  get asWindow(): BrowserWindow {
    return this as unknown as BrowserWindow;
  }
}

export class AppDouble extends EventEmitter {
  readonly exits: number[] = [];
  readonly userData: string;
  quits = 0;
  isPackaged = true;
  version = '1.0.0';
  /** What it was told to start when it has ended; itself where nothing else. */
  readonly relaunches: (string | undefined)[] = [];
  isFirst = true;
  languages: string[] = ['en-US'];
  window: WindowDouble | undefined;

  constructor(userData: string) {
    super();
    this.userData = userData;
  }

  getPath(): string {
    return this.userData;
  }

  getPreferredSystemLanguages(): string[] {
    return this.languages;
  }

  getVersion(): string {
    return this.version;
  }

  getName(): string {
    return 'Updater';
  }

  whenReady(): Promise<void> {
    return Promise.resolve();
  }

  relaunch(how?: { readonly execPath?: string }): void {
    this.relaunches.push(how?.execPath);
  }

  requestSingleInstanceLock(): boolean {
    return this.isFirst;
  }

  /** As Electron quits: it asks, closes the windows, asks again. */
  quit(): void {
    this.quits += 1;
    const before = new EventDouble();
    this.emit('before-quit', before);
    if (before.defaultPrevented) return;
    if (this.window && !this.window.destroyed && !this.window.close()) return;
    const will = new EventDouble();
    this.emit('will-quit', will);
    if (!will.defaultPrevented) this.exit();
  }

  exit(code = 0): void {
    this.exits.push(code);
  }
}

class DialogDouble {
  readonly questions: MessageBoxOptions[] = [];
  readonly errors: { readonly title: string; readonly content: string }[] = [];
  /** Labels of the buttons to press, one a question; a question without one stays open. */
  answers: string[] = [];
  savePath = '';

  async showMessageBox(_window: unknown, options: MessageBoxOptions): Promise<{ readonly response: number }> {
    this.questions.push(options);
    const answer = this.answers.shift();
    if (answer !== undefined) return { response: options.buttons?.indexOf(answer) ?? -1 };
    return new Promise((resolve) => {
      options.signal?.addEventListener('abort', () => resolve({ response: options.cancelId ?? 0 }));
    });
  }

  showSaveDialog(): Promise<{ readonly filePath: string }> {
    return Promise.resolve({ filePath: this.savePath });
  }

  showErrorBox(title: string, content: string): void {
    this.errors.push({ title, content });
  }
}

type PermissionAnswer = (granted: boolean) => void;

export class SessionDouble extends EventEmitter {
  request:
    | ((
        contents: unknown,
        permission: string,
        answer: PermissionAnswer,
        details: { readonly requestingUrl: string },
      ) => void)
    | undefined;
  check: ((contents: unknown, permission: string, origin: string) => boolean) | undefined;
  device: ((details: unknown) => boolean) | undefined;

  setPermissionRequestHandler(handler: typeof this.request): void {
    this.request = handler;
  }

  setPermissionCheckHandler(handler: typeof this.check): void {
    this.check = handler;
  }

  setDevicePermissionHandler(handler: typeof this.device): void {
    this.device = handler;
  }
}

/** Of a request the shell looks at no more. */
type Serve = (request: Pick<Request, 'url' | 'method'>) => Response | Promise<Response>;

class ProtocolDouble {
  readonly schemes: CustomScheme[] = [];
  readonly handlers = new Map<string, Serve>();

  registerSchemesAsPrivileged(schemes: readonly CustomScheme[]): void {
    this.schemes.push(...schemes);
  }

  handle(scheme: string, handler: Serve): void {
    this.handlers.set(scheme, handler);
  }
}

export class BlockerDouble {
  readonly blocking = new Map<number, string>();
  #next = 0;

  start(type: string): number {
    this.blocking.set(this.#next, type);
    return this.#next++;
  }

  stop(id: number): void {
    this.blocking.delete(id);
  }
}

export class ElectronDouble {
  readonly app: AppDouble;
  readonly dialog = new DialogDouble();
  readonly ipcMain = new EventEmitter();
  readonly nativeTheme = Object.assign(new EventEmitter(), {
    shouldUseDarkColors: false,
    themeSource: 'system',
  });
  readonly powerMonitor = new EventEmitter();
  readonly powerSaveBlocker = new BlockerDouble();
  readonly protocol = new ProtocolDouble();
  readonly session = { defaultSession: new SessionDouble() };
  readonly opened: string[] = [];
  readonly windows: WindowDouble[] = [];
  displays: Rectangle[] = [{ x: 0, y: 0, width: 1920, height: 1040 }];
  menu: MenuItemConstructorOptions[] = [];

  /** @param userData a folder of its own */
  constructor(userData: string) {
    this.app = new AppDouble(userData);
  }

  /** As the shell takes it. */
  get asElectron(): Electron {
    const { app, dialog, ipcMain, nativeTheme, powerMonitor, powerSaveBlocker, protocol, session } = this;
    const { windows, opened } = this;
    const double = {
      app,
      dialog,
      ipcMain,
      nativeTheme,
      powerMonitor,
      powerSaveBlocker,
      protocol,
      session,
      BrowserWindow: class extends WindowDouble {
        constructor(options: BrowserWindowConstructorOptions) {
          super(options);
          windows.push(this);
          app.window = this;
          app.emit('web-contents-created', {}, this.webContents);
        }
      },
      Menu: {
        buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
        setApplicationMenu: (template: MenuItemConstructorOptions[]) => {
          this.menu = template;
        },
      },
      screen: { getAllDisplays: () => this.displays.map((workArea) => ({ workArea })) },
      shell: {
        showItemInFolder: (path: string) => void opened.push(path),
        openExternal: (address: string) => Promise.resolve(void opened.push(address)),
        openPath: (path: string) => Promise.resolve(opened.push(path) > 0 ? '' : path),
      },
    };
    return double as unknown as Electron;
  }
}

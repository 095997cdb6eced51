import { describe, expect, it } from 'vitest';
import { ElectronDouble, EventDouble, WindowDouble } from '../../../test/electron/electron-double.ts';
import { CloseGuard } from './close-guard.ts';
import { shellWords } from './words.ts';

const { answers } = shellWords.en.closing('Stepwise');
const never = new Promise<void>(() => undefined);

function rig(
  writing: boolean,
  { close = () => Promise.resolve(), budget = never, beforeExit = () => Promise.resolve() } = {},
) {
  const electron = new ElectronDouble('');
  const { app, dialog, powerMonitor } = electron;
  const window = new WindowDouble({});
  app.window = window;
  const logged: string[] = [];
  const state = { writing, closed: 0 };
  new CloseGuard({
    app: electron.asElectron.app,
    dialog: electron.asElectron.dialog,
    powerMonitor: electron.asElectron.powerMonitor,
    window: window.asWindow,
    services: {
      isWriting: () => state.writing,
      close: () => {
        state.closed += 1;
        return close();
      },
    },
    clock: { now: () => 0, sleep: () => budget },
    question: () => shellWords.en.closing('Stepwise'),
    log: (_level, message) => logged.push(message),
    beforeExit,
  });
  return { app, dialog, powerMonitor, window, state, logged };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('while nothing is written', () => {
  it('the window closes without a question', () => {
    const { window, dialog } = rig(false);
    expect(window.close()).toBe(true);
    expect(dialog.questions).toEqual([]);
  });

  it('the program ends with its last window, after its devices are closed', async () => {
    const { window, app, state } = rig(false);
    window.close();
    app.emit('window-all-closed');
    expect(app.exits).toEqual([]);
    await settled();
    expect(state.closed).toBe(1);
    expect(app.exits).toEqual([0]);
  });

  it('what is to be done at the end is done when everything is closed, and may end the program itself', async () => {
    const seen: string[] = [];
    const { window, app, state } = rig(false, {
      beforeExit: () => {
        const event = new EventDouble();
        app.emit('will-quit', event);
        seen.push(
          `closed ${state.closed}, exits ${app.exits.length}, held ${String(event.defaultPrevented)}`,
        );
        return Promise.resolve();
      },
    });
    window.close();
    app.emit('window-all-closed');
    await settled();
    expect(seen).toEqual(['closed 1, exits 0, held false']);
    expect(app.exits).toEqual([0]);
  });

  it('the computer shuts down', () => {
    const { window, powerMonitor, app } = rig(false);
    const [windows, linux] = [new EventDouble(), new EventDouble()];
    window.emit('query-session-end', windows);
    powerMonitor.emit('shutdown', linux);
    expect([windows.defaultPrevented, linux.defaultPrevented]).toEqual([false, false]);
    expect(app.quits).toBe(0);
  });
});

describe('while a device is written', () => {
  it('closing asks, says what it means, and staying harms nothing', async () => {
    const { window, app, dialog, state } = rig(true);
    dialog.answers = [answers.stay];
    expect(window.close()).toBe(false);
    await settled();
    expect(dialog.questions).toMatchObject([
      { buttons: [answers.stay, answers.close], defaultId: 0, cancelId: 0 },
    ]);
    expect(dialog.questions[0]?.detail).toContain('not damaged');
    expect([app.quits, app.exits.length, state.closed]).toEqual([0, 0, 0]);
  });

  it('asks again the next time', async () => {
    const { window, dialog } = rig(true);
    dialog.answers = [answers.stay, answers.stay];
    window.close();
    await settled();
    window.close();
    await settled();
    expect(dialog.questions).toHaveLength(2);
  });

  it('asks once, however often somebody tries', () => {
    const { window, app, dialog } = rig(true);
    window.close();
    window.close();
    app.quit();
    expect(dialog.questions).toHaveLength(1);
    expect(app.exits).toEqual([]);
  });

  it('quitting asks before any window closes', () => {
    const { window, app, dialog } = rig(true);
    app.quit();
    expect(window.destroyed).toBe(false);
    expect(dialog.questions).toHaveLength(1);
  });

  it('whoever closes anyway has it closed, in good order', async () => {
    const { window, app, dialog, state, logged } = rig(true);
    dialog.answers = [answers.close];
    window.close();
    await settled();
    expect(window.destroyed).toBe(true);
    expect(state.closed).toBe(1);
    expect(app.exits).toEqual([0]);
    expect(logged).toEqual(['closed while a device was being written']);
  });

  it('Windows waits with shutting down until somebody answers', () => {
    const { window, dialog } = rig(true);
    const event = new EventDouble();
    window.emit('query-session-end', event);
    expect(event.defaultPrevented).toBe(true);
    expect(dialog.questions).toHaveLength(1);
  });

  it('Linux waits with shutting down until what must not be cut off is done, and nobody is asked', async () => {
    const { powerMonitor, app, dialog, state } = rig(true);
    const event = new EventDouble();
    powerMonitor.emit('shutdown', event);
    expect(event.defaultPrevented).toBe(true);
    await settled();
    expect(dialog.questions).toEqual([]);
    expect([state.closed, ...app.exits]).toEqual([1, 0]);
  });

  it('a question that is still open when the writing is done keeps nobody from closing', () => {
    const { window, state } = rig(true);
    window.close();
    state.writing = false;
    expect(window.close()).toBe(true);
  });
});

describe('the end of the program', () => {
  it('closes the devices once, however often it is told to end', async () => {
    const { app, state } = rig(false);
    app.quit();
    app.quit();
    await settled();
    expect([state.closed, app.exits.length]).toEqual([1, 1]);
  });

  it('comes although closing fails', async () => {
    const { app, logged } = rig(false, { close: () => Promise.reject(new Error('no answer')) });
    app.quit();
    await settled();
    expect(app.exits).toEqual([0]);
    expect(logged).toEqual(['the devices could not be closed: Error: no answer']);
  });

  it('comes although closing never ends', async () => {
    const { app } = rig(false, { close: () => never, budget: Promise.resolve() });
    app.quit();
    await settled();
    expect(app.exits).toEqual([0]);
  });
});

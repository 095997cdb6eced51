import { describe, expect, it } from 'vitest';
import { ElectronDouble, WindowDouble } from '../../../test/electron/electron-double.ts';
import { StepwiseError } from '../../../shared/failure.ts';
import { CrashDialog } from './crash.ts';
import { shellWords } from './words.ts';

const { answers } = shellWords.en.unresponsive('Stepwise');
const crashed = { reason: 'crashed', exitCode: 139 };

function rig(failing?: Error) {
  const saved: string[] = [];
  const { app, asElectron, dialog } = new ElectronDouble('');
  const window = new WindowDouble({});
  const logged: string[] = [];
  new CrashDialog({
    app: asElectron.app,
    dialog: asElectron.dialog,
    window: window.asWindow,
    name: 'Stepwise',
    words: () => shellWords.en,
    saveBundle: () => {
      saved.push('bundle');
      return failing ? Promise.reject(failing) : Promise.resolve();
    },
    log: (_level, message) => logged.push(message),
  });
  return { app, dialog, window, contents: window.webContents, logged, saved };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('a window whose process is gone', () => {
  it('is logged, and can be loaded again', async () => {
    const { dialog, contents, logged } = rig();
    dialog.answers = [answers.reload];
    contents.emit('render-process-gone', {}, crashed);
    await settled();
    expect(dialog.questions[0]?.buttons).toEqual([answers.reload, answers.save, answers.quit]);
    expect(contents.reloads).toBe(1);
    expect(logged).toEqual(["the window's process is gone: crashed, exit code 139"]);
  });

  it('says that an update goes on', () => {
    const { dialog, contents } = rig();
    contents.emit('render-process-gone', {}, crashed);
    expect(dialog.questions[0]?.detail).toContain('goes on');
  });

  it('asks about one crash at a time', () => {
    const { dialog, window, contents } = rig();
    contents.emit('render-process-gone', {}, crashed);
    contents.emit('render-process-gone', {}, crashed);
    window.emit('unresponsive');
    expect(dialog.questions).toHaveLength(1);
  });

  it('saves the file for support and asks again', async () => {
    const { dialog, contents, app, saved } = rig();
    dialog.answers = [answers.save, answers.quit];
    contents.emit('render-process-gone', {}, crashed);
    await expect.poll(() => app.quits).toBe(1);
    expect(saved).toEqual(['bundle']);
    expect(dialog.questions).toHaveLength(2);
    expect(dialog.errors).toEqual([]);
  });

  it('tells when the file cannot be saved, and why', async () => {
    const full = new StepwiseError('host-file', {
      path: '/full/a.zip',
      operation: 'write',
      detail: 'the disk is full',
    });
    const { dialog, contents, app } = rig(full);
    dialog.answers = [answers.save, answers.quit];
    contents.emit('render-process-gone', {}, crashed);
    await expect.poll(() => app.quits).toBe(1);
    expect(dialog.errors).toEqual([
      { title: shellWords.en.notSaved, content: '/full/a.zip\nthe disk is full' },
    ]);
  });

  it('that ended in good order is no crash', () => {
    const { dialog, contents, logged } = rig();
    contents.emit('render-process-gone', {}, { reason: 'clean-exit', exitCode: 0 });
    expect([...dialog.questions, ...logged]).toEqual([]);
  });
});

describe('a window that does not respond', () => {
  it('is waited for', async () => {
    const { dialog, window, contents, app } = rig();
    dialog.answers = [answers.wait];
    window.emit('unresponsive');
    await settled();
    expect([contents.reloads, contents.killed, app.quits]).toEqual([0, 0, 0]);
  });

  it('is ended and loaded again, without a second question', async () => {
    const { dialog, window, contents } = rig();
    dialog.answers = [answers.reload];
    window.emit('unresponsive');
    await settled();
    expect(contents.killed).toBe(1);
    contents.emit('render-process-gone', {}, { reason: 'killed', exitCode: 9 });
    expect([contents.reloads, dialog.questions.length]).toEqual([1, 1]);
    contents.emit('render-process-gone', {}, crashed);
    expect(dialog.questions).toHaveLength(2);
  });

  it('takes the question back when it responds again', async () => {
    const { dialog, window, contents } = rig();
    window.emit('unresponsive');
    expect(dialog.questions[0]?.signal?.aborted).toBe(false);
    window.emit('responsive');
    expect(dialog.questions[0]?.signal?.aborted).toBe(true);
    await settled();
    expect(contents.killed).toBe(0);
    window.emit('unresponsive');
    expect(dialog.questions).toHaveLength(2);
  });

  it('saves the file for support, asks again, and quits', async () => {
    const { dialog, window, app, saved } = rig();
    dialog.answers = [answers.save, answers.quit];
    window.emit('unresponsive');
    await expect.poll(() => app.quits).toBe(1);
    expect(dialog.questions).toHaveLength(2);
    expect(saved).toEqual(['bundle']);
  });
});

it('a process beside the window that is gone is logged', () => {
  const { app, dialog, logged } = rig();
  app.emit('child-process-gone', {}, { type: 'GPU', ...crashed });
  app.emit('child-process-gone', {}, { type: 'Utility', name: 'Network', reason: 'clean-exit', exitCode: 0 });
  expect(logged).toEqual(['a process is gone: GPU, crashed, exit code 139']);
  expect(dialog.questions).toEqual([]);
});

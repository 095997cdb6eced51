import { describe, expect, it } from 'vitest';
import {
  ContentsDouble,
  ElectronDouble,
  frame,
  type FrameDouble,
} from '../../../test/electron/electron-double.ts';
import { StandInServices } from '../../../test/rig/stand-in-services.ts';
import { ContractServer } from '../../services/contract-server.ts';
import { carryContract, CONTRACT_CHANNEL } from './contract-channel.ts';

const ours = frame('app://stepwise');

function rig() {
  const { asElectron, ipcMain } = new ElectronDouble('');
  const contents = new ContentsDouble();
  const logged: string[] = [];
  const aborted: AbortSignal[] = [];
  const services = new StandInServices({
    'demo.faults': () => ['none'],
    'diagnose.survey': (_args, { signal }) => {
      aborted.push(signal);
      return new Promise(() => undefined);
    },
  });
  const contract = new ContractServer(services, (_level, message) => logged.push(message));
  carryContract(asElectron.ipcMain, contents.asContents, contract);
  const send = async (
    message: unknown,
    senderFrame: FrameDouble | null = ours,
    sender: ContentsDouble = contents,
  ) => {
    ipcMain.emit(CONTRACT_CHANNEL, { sender, senderFrame }, message);
    await new Promise((resolve) => setImmediate(resolve));
    return contents.sent.map((each) => each.message);
  };
  return { contents, ipcMain, services, send, logged, aborted };
}

const question = { type: 'request', number: 1, name: 'demo.faults', args: {} };

describe('a message', () => {
  it('of our page is answered on the same channel', async () => {
    const { contents, send } = rig();
    await send(question);
    expect(contents.sent).toEqual([
      { channel: CONTRACT_CHANNEL, message: { type: 'result', number: 1, result: ['none'] } },
    ]);
  });

  it.each<[string, FrameDouble | null]>([
    ['a frame in it', frame('app://stepwise', { parent: ours })],
    ['a page from elsewhere', frame('https://example.com')],
    ['another host of the scheme', frame('app://other')],
    ['a page without an origin', frame('null')],
    ['a frame that is destroyed', frame('app://stepwise', { isDestroyed: () => true })],
    ['a page that is being left', frame('app://stepwise', { detached: true })],
    ['a frame that is gone', null],
  ])('of %s is not heard', async (_who, sender) => {
    const { send, logged } = rig();
    expect(await send(question, sender)).toEqual([]);
    expect(logged).toHaveLength(1);
  });

  it('of another window is not heard', async () => {
    const { send } = rig();
    expect(await send(question, ours, new ContentsDouble())).toEqual([]);
  });
});

describe('an event', () => {
  it('reaches the window, until it is gone', () => {
    const { contents, services } = rig();
    services.announce('devices', []);
    expect(contents.sent).toHaveLength(1);
    contents.destroyed = true;
    services.announce('devices', []);
    expect(contents.sent).toHaveLength(1);
  });
});

describe('a page that is loaded again', () => {
  const survey = { type: 'request', number: 0, name: 'diagnose.survey', args: { path: '1-1' } };
  const navigation = { isMainFrame: true, isSameDocument: false };

  it('counts from the beginning, and what it asked before is cancelled', async () => {
    const { contents, send, aborted } = rig();
    await send(survey);
    contents.emit('did-start-navigation', navigation);
    expect(aborted.map((signal) => signal.aborted)).toEqual([true]);
    expect(await send({ ...question, number: 0 })).toEqual([{ type: 'result', number: 0, result: ['none'] }]);
  });

  it.each([
    { isMainFrame: false, isSameDocument: false },
    { isMainFrame: true, isSameDocument: true },
  ])('is not one that moves inside itself: %o', async (inside) => {
    const { contents, send, aborted } = rig();
    await send(survey);
    contents.emit('did-start-navigation', inside);
    expect(aborted.map((signal) => signal.aborted)).toEqual([false]);
  });
});

it('nothing listens once the window is gone', async () => {
  const { contents, ipcMain, send, services } = rig();
  contents.destroy();
  expect(ipcMain.listenerCount(CONTRACT_CHANNEL)).toBe(0);
  services.announce('devices', []);
  expect(await send(question)).toEqual([]);
});

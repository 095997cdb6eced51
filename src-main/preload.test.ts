import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { CONTRACT_CHANNEL } from './hosts/electron/contract-channel.ts';

interface Bridge {
  send(message: unknown): void;
  onMessage(listener: (...received: unknown[]) => void): void;
}

/** Runs the preload as Electron would: as CommonJS, with nothing but Electron to be had. */
function rig() {
  const exposed = new Map<string, Bridge>();
  const sent: unknown[] = [];
  const listeners: ((event: unknown, message: unknown) => void)[] = [];
  const electron = {
    contextBridge: { exposeInMainWorld: (name: string, bridge: Bridge) => exposed.set(name, bridge) },
    ipcRenderer: {
      send: (...args: unknown[]) => sent.push(args),
      on: (channel: string, listener: (event: unknown, message: unknown) => void) => {
        expect(channel).toBe(CONTRACT_CHANNEL);
        listeners.push(listener);
      },
    },
  };
  const source = readFileSync(new URL('preload.cts', import.meta.url), 'utf8');
  const { outputText } = ts.transpileModule(source, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2023 },
  });
  const require = (name: string) => {
    if (name !== 'electron') throw new Error(`a sandboxed preload cannot load ${name}`);
    return electron;
  };
  runInNewContext(outputText, { require, exports: {} });
  const bridge = exposed.get('stepwise');
  if (!bridge) throw new Error('there is no bridge');
  return { exposed, bridge, sent, listeners };
}

describe('the preload', () => {
  it('gives the page two functions and nothing else', () => {
    const { exposed, bridge } = rig();
    expect([...exposed.keys()]).toEqual(['stepwise']);
    expect(Object.keys(bridge)).toEqual(['send', 'onMessage']);
  });

  it('sends on the channel of the contract, one message at a time', () => {
    const { bridge, sent } = rig();
    bridge.send({ type: 'cancel', number: 1 });
    expect(sent).toEqual([[CONTRACT_CHANNEL, { type: 'cancel', number: 1 }]]);
  });

  it('hands over messages, and never the event that carries a way to the main side', () => {
    const { bridge, listeners } = rig();
    const received: unknown[][] = [];
    bridge.onMessage((...args) => received.push(args));
    for (const listener of listeners) listener({ sender: 'ipc' }, { type: 'result' });
    expect(received).toEqual([[{ type: 'result' }]]);
  });
});

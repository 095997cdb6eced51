import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { processTerminal } from './process-terminal.ts';
import type { StopSignal } from './surroundings.ts';

class FakeProcess extends EventEmitter {
  readonly stdin: PassThrough & { isTTY?: boolean } = new PassThrough();
  readonly stdout: PassThrough & { isTTY?: boolean; columns?: number } = new PassThrough();
  readonly stderr: PassThrough & { isTTY?: boolean } = new PassThrough();
  readonly codes: number[] = [];

  exit(code: number): void {
    this.codes.push(code);
  }
}

const NEVER = new AbortController().signal;

function said(stream: PassThrough): string {
  return String(stream.read() ?? '');
}

it('a pipe is no terminal and has the usual size', () => {
  const terminal = processTerminal(new FakeProcess());
  expect(terminal).toMatchObject({ canAsk: false, out: { isTTY: false, columns: 80, rows: 24 } });
});

it('somebody can answer where input and messages are a terminal, whatever results go to', () => {
  const process = new FakeProcess();
  process.stdin.isTTY = true;
  process.stderr.isTTY = true;
  expect(processTerminal(process).canAsk).toBe(true);
});

it('the width is the one of this moment', () => {
  const process = new FakeProcess();
  const { out } = processTerminal(process);
  process.stdout.columns = 132;
  expect(out.columns).toBe(132);
});

it('an answer is one line', async () => {
  const process = new FakeProcess();
  const answer = processTerminal(process).ask('Go on? ', NEVER);
  process.stdin.write('yes\nmore\n');
  expect(await answer).toBe('yes');
  expect(said(process.stderr)).toBe('Go on? ');
});

it('a hidden answer is one line as well, and is shown nowhere', async () => {
  const process = new FakeProcess();
  const answer = processTerminal(process).askHidden('Pass phrase: ', NEVER);
  process.stdin.write('secrex\u007ft\r');
  expect(await answer).toBe('secret');
  expect(said(process.stderr)).toBe('Pass phrase: \n');
});

it('Ctrl-C is no hidden answer', async () => {
  const process = new FakeProcess();
  const answer = processTerminal(process).askHidden('Pass phrase: ', NEVER);
  process.stdin.write('sec\u0003');
  expect(await answer).toBeUndefined();
});

it('the end of the input is no answer', async () => {
  const process = new FakeProcess();
  const answer = processTerminal(process).ask('Go on? ', NEVER);
  process.stdin.end();
  expect(await answer).toBeUndefined();
});

it('a stop ends the question', async () => {
  const process = new FakeProcess();
  const controller = new AbortController();
  const answer = processTerminal(process).ask('Go on? ', controller.signal);
  controller.abort();
  expect(await answer).toBeUndefined();
  expect(await processTerminal(process).ask('Go on? ', controller.signal)).toBeUndefined();
});

it.each<StopSignal>(['SIGINT', 'SIGTERM', 'SIGHUP'])(
  '%s asks to stop, as long as somebody listens',
  (signal) => {
    const process = new FakeProcess();
    const heard: StopSignal[] = [];
    const unsubscribe = processTerminal(process).onStop((each) => heard.push(each));
    process.emit(signal, signal);
    unsubscribe();
    process.emit(signal, signal);
    expect(heard).toEqual([signal]);
  },
);

it('a reader that has gone is told of and crashes nothing', () => {
  const process = new FakeProcess();
  const terminal = processTerminal(process);
  let gone = 0;
  const unsubscribe = terminal.onReaderGone(() => (gone += 1));
  process.stdout.emit('error', new Error('EPIPE'));
  process.stderr.emit('error', new Error('EIO'));
  unsubscribe();
  process.stdout.emit('error', new Error('EPIPE'));
  expect(gone).toBe(1);
});

it('text goes to its stream, and the exit code to the process', () => {
  const process = new FakeProcess();
  const terminal = processTerminal(process);
  terminal.out.write('result');
  terminal.err.write('remark');
  terminal.exit(130);
  terminal.stayAlive()();
  expect([said(process.stdout), said(process.stderr), process.codes]).toEqual(['result', 'remark', [130]]);
});

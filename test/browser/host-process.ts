/** The loopback host as a process of its own, as a person starts it. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const LOOPBACK = 'dist/src-main/loopback.js';
/** Where processors are emulated, starting takes a third of it. */
const PATIENCE_MS = 60_000;

export interface HostProcess {
  /** Works once. */
  readonly address: string;
  readonly pid: number;
  /** As a power cut would. */
  kill(): Promise<void>;
  /** As Ctrl-C does. */
  stop(): Promise<void>;
  /** What a special host takes for the sign to do what it was told to do later. */
  nudge(): void;
}

/** @param script what is started, if it is not the loopback host itself */
export async function startHost(args: readonly string[], script = LOOPBACK): Promise<HostProcess> {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill(signal);
    await exited;
  };
  try {
    return {
      address: await addressOf(child),
      pid: child.pid ?? 0,
      kill: () => end('SIGKILL'),
      stop: () => end('SIGTERM'),
      nudge: () => child.kill('SIGUSR2'),
    };
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
}

async function addressOf(child: ChildProcess): Promise<string> {
  if (!child.stdout) throw new Error('the host has no output');
  const timer = setTimeout(() => child.kill('SIGKILL'), PATIENCE_MS);
  try {
    for await (const line of createInterface({ input: child.stdout })) {
      const address = /http:\/\/127\.0\.0\.1:\d+\/\S+/.exec(line)?.[0];
      if (address !== undefined) return address;
    }
    throw new Error('the host ended before it said where it is');
  } finally {
    clearTimeout(timer);
    child.stdout.resume();
  }
}

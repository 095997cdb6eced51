/** Opens an address or a folder with what the system has for it. */
import { spawn } from 'node:child_process';
import { StepwiseError } from '../../../shared/failure.ts';

const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  // Not `cmd /c start`: a shell would read characters of an address as its own.
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
};
const OTHERWISE = ['xdg-open'] as const;

/** @throws host-file where there is nothing to open it with */
export function openWithSystem(target: string, platform: NodeJS.Platform = process.platform): Promise<void> {
  const [command = OTHERWISE[0], ...args] = OPENERS[platform] ?? OTHERWISE;
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args, target], { stdio: 'ignore', detached: true });
    child.once('error', (cause) => {
      const facts = { path: target, operation: 'open', detail: cause.message };
      reject(new StepwiseError('host-file', facts, { cause }));
    });
    child.once('spawn', () => {
      child.unref();
      resolve();
    });
  });
}

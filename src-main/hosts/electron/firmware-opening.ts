/** A file somebody opened with this program becomes firmware to choose, and the screens are told. */
import { readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { LARGEST_FILE, type EventOf } from '../../../shared/contract.ts';
import { StepwiseError, toFailure } from '../../../shared/failure.ts';
import type { Firmware } from '../../../shared/firmware.ts';
import type { Announce, Services } from '../../services/handlers.ts';
import { unattended } from './unattended.ts';

export interface FirmwareOpening {
  /** As they were, and with the event of opened files. */
  readonly services: Services;
  /** Never throws: what is wrong with the file is told to the screens. */
  readonly open: (path: string) => Promise<void>;
}

export function firmwareOpening(services: Services): FirmwareOpening {
  const listeners = new Set<Announce>();
  return {
    services: {
      handlers: services.handlers,
      isWriting: () => services.isWriting(),
      close: () => services.close(),
      subscribe: (listener) => {
        const end = services.subscribe(listener);
        listeners.add(listener);
        return () => {
          listeners.delete(listener);
          end();
        };
      },
    },
    open: async (path) => {
      const opened = await outcome(services, path);
      for (const listener of listeners) listener('firmware-opened', opened);
    },
  };
}

async function outcome(services: Services, path: string): Promise<EventOf<'firmware-opened'>> {
  try {
    return { firmware: await add(services, path) };
  } catch (error) {
    return { failure: toFailure(error) };
  }
}

async function add(services: Services, path: string): Promise<Firmware> {
  const content = await contentOf(path);
  return services.handlers['firmware.add']({ name: basename(path), content }, unattended());
}

async function contentOf(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST_FILE)
      throw new StepwiseError('bad-file', { fault: 'too-large', detail: `${size} bytes` });
    return await readFile(path, 'base64');
  } catch (cause) {
    if (cause instanceof StepwiseError) throw cause;
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new StepwiseError('host-file', { path, operation: 'read', detail }, { cause });
  }
}

/** A journal without a disk: virtual time would pass while a file is written, and a campaign writes thousands. */
import {
  Journal,
  type DeviceKey,
  type JournalEntry,
  type JournalState,
} from '../../src-main/flash/journal.ts';

export class MemoryJournal extends Journal {
  readonly #entries = new Map<string, JournalEntry>();

  constructor() {
    super('nowhere');
  }

  override read(device: DeviceKey): Promise<JournalState> {
    const entry = this.#entries.get(keyOf(device));
    return Promise.resolve(entry ? { kind: 'interrupted', entry } : { kind: 'none' });
  }

  override list(): Promise<readonly JournalEntry[]> {
    return Promise.resolve([...this.#entries.values()]);
  }

  override write(entry: JournalEntry): Promise<void> {
    this.#entries.set(keyOf(entry.device), entry);
    return Promise.resolve();
  }

  override remove(device: DeviceKey): Promise<void> {
    this.#entries.delete(keyOf(device));
    return Promise.resolve();
  }
}

function keyOf({ path, serial }: DeviceKey): string {
  return `${path} ${serial ?? ''}`;
}

/** A bus on which a test attaches and detaches devices itself, with or without telling anybody. */
import type { UsbBus, UsbDevice, UsbEvent } from '../../src-main/usb/port.ts';

export class ScriptedBus implements UsbBus {
  readonly #listeners = new Set<(event: UsbEvent) => void>();
  #devices: readonly UsbDevice[];

  constructor(devices: readonly UsbDevice[] = []) {
    this.#devices = devices;
  }

  /** Who still wants to hear of events. */
  get listeners(): number {
    return this.#listeners.size;
  }

  list(): Promise<readonly UsbDevice[]> {
    return Promise.resolve(this.#devices);
  }

  subscribe(listener: (event: UsbEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  attach(device: UsbDevice, { told = true } = {}): void {
    this.#devices = [...this.#devices, device];
    if (told) this.#tell({ type: 'attached', device });
  }

  detach(device: UsbDevice, { told = true } = {}): void {
    this.#devices = this.#devices.filter((each) => each !== device);
    if (told) this.#tell({ type: 'detached', device });
  }

  #tell(event: UsbEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }
}

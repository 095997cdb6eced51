import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import { UsbError } from '../../usb/port.ts';
import type { UsbBus, UsbDevice } from '../../usb/port.ts';
import { ByteStream } from './byte-stream.ts';
import { DeviceDriver } from './device-driver.ts';
import {
  BUS_ID_LENGTH,
  COMMAND_LENGTH,
  ImportStatus,
  OPERATION_LENGTH,
  importRefusal,
  importReply,
  listReply,
  parseBusId,
  parseCommand,
  parseOperation,
} from './protocol.ts';
import type { ExportedDevice } from './protocol.ts';
import { TransferQueue } from './transfer-queue.ts';

/**
 * Serves the devices of a bus to the virtual host controller of an operating system (Linux: vhci_hcd), where they become
 * USB devices like any other. That is how real USB software meets the virtual bootloaders.
 *
 * A connection carries one device. When the device leaves the bus the connection ends, which is how the host sees it
 * unplugged; when it comes back, the host must import it anew. Whatever goes wrong on a connection ends that one only.
 * The host waits in real time, so the bus must run on a real clock. A program that uses the device must not be served by
 * its own thread: while it cancels a transfer, Linux lets that thread wait for this server.
 */

/** Assigned to usbip. */
export const DEFAULT_PORT = 3240;
/** Only this machine: who imports a device has full power over it. */
const LOOPBACK = '127.0.0.1';

/** A client says at once what it wants. */
const GREETING_LIMIT_MS = 5_000;
/** Who attaches a device again just after it left need not time that: so long the import waits for it. */
const RETURN_LIMIT_MS = 5_000;
const MOST_CONNECTIONS = 64;

export interface UsbipAddress {
  readonly host: string;
  readonly port: number;
}

/** A host has taken a device, or let go of it. */
export interface UsbipEvent {
  readonly type: 'imported' | 'released';
  readonly device: UsbDevice;
}

export class UsbipServer {
  readonly #bus: UsbBus;
  readonly #tell: (event: UsbipEvent) => void;
  readonly #server: Server;
  readonly #connections = new Map<Socket, Promise<void>>();
  readonly #imported = new Map<UsbDevice, Socket>();
  /** Bus IDs of devices that were imported once. */
  readonly #known = new Set<string>();
  #unsubscribe: () => void = () => undefined;

  constructor(bus: UsbBus, tell: (event: UsbipEvent) => void = () => undefined) {
    this.#bus = bus;
    this.#tell = tell;
    this.#server = createServer({ noDelay: true }, (socket) => {
      this.#connections.set(socket, this.#serve(socket));
    });
    this.#server.maxConnections = MOST_CONNECTIONS;
  }

  /**
   * @param port 0 for any that is free
   * @returns where it listens
   * @throws what listening fails with
   */
  async listen(port = DEFAULT_PORT, host = LOOPBACK): Promise<UsbipAddress> {
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    this.#unsubscribe = this.#bus.subscribe(({ type, device }) => {
      if (type === 'detached') this.#imported.get(device)?.destroy();
    });
    const address = this.#server.address();
    return { host, port: typeof address === 'object' && address ? address.port : port };
  }

  /** Ends every connection; resolves when every device is free again. */
  async close(): Promise<void> {
    this.#unsubscribe();
    this.#server.close();
    for (const socket of this.#connections.keys()) socket.destroy();
    await Promise.all(this.#connections.values());
  }

  async #serve(socket: Socket): Promise<void> {
    socket.on('error', () => undefined); // it closes as well, and that is what matters
    socket.setTimeout(GREETING_LIMIT_MS, () => socket.destroy());
    try {
      await this.#answer(socket, new ByteStream(socket));
    } catch {
      // A client that breaks off or talks nonsense, or a device that is gone: the connection was all they had.
    } finally {
      socket.destroySoon();
      this.#connections.delete(socket);
    }
  }

  async #answer(socket: Socket, stream: ByteStream): Promise<void> {
    const operation = await stream.take(OPERATION_LENGTH);
    if (!operation) return;
    if (parseOperation(operation) === 'list') {
      socket.write(listReply((await this.#bus.list()).map(describe)));
      return;
    }
    const busId = await stream.take(BUS_ID_LENGTH);
    if (!busId) return;
    socket.setTimeout(0);
    const device = await this.#findFree(parseBusId(busId), socket);
    if (!device) socket.write(importRefusal(ImportStatus.noDevice));
    else if (this.#imported.has(device)) socket.write(importRefusal(ImportStatus.busy));
    else if ((await this.#export(device, socket, stream)) === 'left') {
      // Its last host heard of that before the bus did.
      await this.#return(device.path, socket);
      const back = await this.#find(device.path, socket);
      if (!back || (await this.#export(back, socket, stream)) === 'left')
        socket.write(importRefusal(ImportStatus.noDevice));
    }
  }

  /** A device whose host has lost it, and that is only being closed, is waited for; it may be away by then. */
  async #findFree(busId: string, socket: Socket): Promise<UsbDevice | undefined> {
    const device = await this.#find(busId, socket);
    const holder = device && this.#imported.get(device);
    if (!holder?.destroyed) return device;
    await this.#connections.get(holder);
    return this.#find(busId, socket);
  }

  /** A device that has been here and is away is waited for: it may be on its way back. */
  async #find(busId: string, socket: Socket): Promise<UsbDevice | undefined> {
    const listed = async () => (await this.#bus.list()).find(({ path }) => path === busId);
    const device = await listed();
    if (device || !this.#known.has(busId)) return device;
    await this.#return(busId, socket);
    return listed();
  }

  /** Resolves when a device appears there, when nobody waits for it any more, or when that takes too long. */
  async #return(busId: string, socket: Socket): Promise<void> {
    await new Promise<void>((resolve) => {
      const unsubscribe = this.#bus.subscribe((event) => {
        if (event.type === 'attached' && event.device.path === busId) end();
      });
      const timer = setTimeout(end, RETURN_LIMIT_MS);
      socket.once('close', end);
      function end(): void {
        unsubscribe();
        clearTimeout(timer);
        resolve();
      }
    });
  }

  /** @returns `left` where the device, which has been here, was gone before it was open; nothing was replied then */
  async #export(device: UsbDevice, socket: Socket, stream: ByteStream): Promise<'carried' | 'left'> {
    const driver = new DeviceDriver(device);
    let started = false;
    this.#imported.set(device, socket);
    try {
      await driver.start();
      started = true;
      this.#known.add(device.path);
      this.#tell({ type: 'imported', device });
      socket.write(importReply(describe(device)));
      await carryTransfers(driver, socket, stream);
      return 'carried';
    } catch (error) {
      const isGone = error instanceof UsbError && error.kind === 'gone';
      if (!started && isGone && this.#known.has(device.path)) return 'left';
      // The kernel takes a refusal for what it is only in place of the reply.
      if (socket.bytesWritten === 0) socket.write(importRefusal(ImportStatus.failed));
      throw error;
    } finally {
      await driver.stop();
      this.#imported.delete(device);
      if (started) this.#tell({ type: 'released', device });
    }
  }
}

/** Until the host ends the connection or the device is gone. */
async function carryTransfers(driver: DeviceDriver, socket: Socket, stream: ByteStream): Promise<void> {
  const queue = new TransferQueue(driver, (reply) => socket.write(reply));
  try {
    await Promise.race([takeCommands(socket, stream, queue), queue.failed]);
  } finally {
    socket.destroy();
    await queue.end();
  }
}

async function takeCommands(socket: Socket, stream: ByteStream, queue: TransferQueue): Promise<void> {
  for (;;) {
    const bytes = await stream.take(COMMAND_LENGTH);
    if (!bytes) return;
    const command = parseCommand(bytes);
    if (command.type === 'unlink') {
      queue.unlink(command);
    } else {
      const data = await stream.take(command.direction === 'out' ? command.length : 0);
      if (!data) return;
      queue.submit(command, Uint8Array.from(data));
    }
    // A client that sends and does not read must not fill the memory.
    if (socket.writableNeedDrain) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
  }
}

function describe({ path, address, identity }: UsbDevice): ExportedDevice {
  return { busId: path, busNumber: Number.parseInt(path, 10), deviceNumber: address, identity };
}

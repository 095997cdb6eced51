/** Plugging a device of a USB/IP server on this machine into Linux's virtual host controller. */
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';

export const CONTROLLER = '/sys/devices/platform/vhci_hcd.0';

/** OP_REQ_IMPORT of USB/IP 1.1.1, and its bus ID behind it (Linux, Documentation/usb/usbip_protocol.rst). */
const IMPORT = Uint8Array.of(0x01, 0x11, 0x80, 0x03, 0, 0, 0, 0);
const BUS_ID_LENGTH = 32;
const REPLY_LENGTH = 320;
const BUS_NUMBER_AT = 296;
const DEVICE_NUMBER_AT = 300;
/** Of the hub for full speed; port numbers go on behind it, in the hub for super speed. */
const HUB = 'hs';
const FREE = '004';
const FULL_SPEED = 2;

export interface Port {
  readonly hub: string;
  readonly number: number;
  readonly isFree: boolean;
}

export function ports(): Port[] {
  const [, ...lines] = readFileSync(join(CONTROLLER, 'status'), 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [hub = '', number, state] = line.trim().split(/\s+/);
    return { hub, number: Number(number), isFree: state === FREE };
  });
}

/**
 * @param port of the controller; any that is free if absent
 * @returns the port it is in
 */
export async function attach(serverPort: number, busId: string, port?: number): Promise<number> {
  const socket = connect(serverPort, '127.0.0.1');
  try {
    const id = Buffer.alloc(BUS_ID_LENGTH);
    id.write(busId, 'latin1');
    socket.write(Buffer.concat([IMPORT, id]));
    const reply = await answer(socket);
    const device = (reply.readUInt32BE(BUS_NUMBER_AT) << 16) | reply.readUInt32BE(DEVICE_NUMBER_AT);
    const chosen = port ?? ports().find(({ hub, isFree }) => hub === HUB && isFree)?.number;
    if (chosen === undefined) throw new Error('every port is taken');
    writeFileSync(join(CONTROLLER, 'attach'), `${chosen} ${descriptorOf(socket)} ${device} ${FULL_SPEED}`);
    return chosen;
  } finally {
    // The kernel has taken the connection over by then; this closes our end of it only.
    socket.destroy();
  }
}

/** The server says no more than this until it is asked, and what it says then is for the kernel to read. */
function answer(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let reply = Buffer.alloc(0);
    socket.on('data', (bytes: Buffer) => {
      reply = Buffer.concat([reply, bytes]);
      if (reply.length < REPLY_LENGTH) return;
      socket.pause();
      resolve(reply);
    });
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the server refuses')));
  });
}

function descriptorOf(socket: Socket): number {
  const handle: unknown = Reflect.get(socket, '_handle');
  if (handle && typeof handle === 'object' && 'fd' in handle && typeof handle.fd === 'number')
    return handle.fd;
  throw new Error('this version of Node keeps the descriptor elsewhere');
}

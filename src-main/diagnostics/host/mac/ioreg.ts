/**
 * The registry of I/O Kit, as `ioreg` prints it: a tree of objects, drawn with bars, each with its properties. A client of a
 * USB device or of one of its interfaces hangs below it and says who made it; what owns it exclusively says so as well.
 */

/** Everything below USB devices, with properties, no line cut. */
export const IOREG = ['-r', '-c', 'IOUSBHostDevice', '-l', '-w', '0'] as const;

export interface MacDevice {
  /** Port path as libusb makes it: the bus and one hexadecimal digit for each hub port (locationID). */
  readonly path: string;
  readonly name: string;
  /** Megabits a second. */
  readonly speed: number | undefined;
  /** Programs that hold it or a part of it, each once. */
  readonly holders: readonly string[];
}

interface Node {
  /** Column of its `+-o`. */
  readonly depth: number;
  readonly name: string;
  readonly isDevice: boolean;
  readonly properties: Map<string, string>;
  readonly children: Node[];
}

/** Each device once, also where `ioreg` lists it both below its hub and by itself. */
export function parseIoreg(text: string): readonly MacDevice[] {
  const devices = new Map<string, MacDevice>();
  for (const node of everyNode(tree(text))) {
    const location = Number(node.properties.get('locationID') ?? NaN);
    if (!node.isDevice || !Number.isInteger(location)) continue;
    const path = pathOf(location);
    devices.set(path, deviceOf(node, path));
  }
  return [...devices.values()];
}

function tree(text: string): readonly Node[] {
  const roots: Node[] = [];
  const above: Node[] = [];
  for (const line of text.split(/\r?\n/)) {
    const head = /^([ |]*)\+-o (.*?)\s*<class (\w+)/.exec(line);
    if (head) {
      const [, bars = '', name = '', type = ''] = head;
      const node: Node = {
        depth: bars.length,
        name: name.replace(/@[0-9a-fA-F,]+$/, ''),
        isDevice: /^IOUSB(Host)?Device$/.test(type),
        properties: new Map(),
        children: [],
      };
      while ((above.at(-1)?.depth ?? -1) >= node.depth) above.pop();
      (above.at(-1)?.children ?? roots).push(node);
      above.push(node);
      continue;
    }
    const property = /^[ |]*"([^"]+)" = (.*)$/.exec(line);
    if (property?.[1] !== undefined && property[2] !== undefined)
      above.at(-1)?.properties.set(property[1], property[2].replace(/^"|"$/g, ''));
  }
  return roots;
}

function* everyNode(nodes: readonly Node[]): Generator<Node> {
  for (const node of nodes) {
    yield node;
    yield* everyNode(node.children);
  }
}

function deviceOf(node: Node, path: string): MacDevice {
  const number = (name: string) => {
    const value = Number(node.properties.get(name) ?? NaN);
    return Number.isInteger(value) ? value : undefined;
  };
  return {
    path,
    name: node.properties.get('USB Product Name') ?? node.name,
    speed: SPEEDS[number('USBSpeed') ?? -1] ?? OLD_SPEEDS[number('Device Speed') ?? -1],
    holders: [...new Set(partsOf(node).flatMap(creatorsOf))].sort(),
  };
}

/** The device and what belongs to it, but not what is plugged in behind it. */
function partsOf(node: Node): readonly Node[] {
  return [node, ...node.children.filter(({ isDevice }) => !isDevice).flatMap(partsOf)];
}

/** `pid 412, STM32CubeProgram`; what the system itself watches devices with is no other program. */
function creatorsOf({ properties }: Node): readonly string[] {
  return ['IOUserClientCreator', 'UsbExclusiveOwner'].flatMap((key) => {
    const [, process = '', name = ''] = /^pid (\d+), (.+)$/.exec(properties.get(key) ?? '') ?? [];
    return name === '' || WATCHERS.includes(name) || Number(process) === globalThis.process.pid ? [] : [name];
  });
}

const WATCHERS = ['accessoryd', 'usbd', 'UserEventAgent', 'kernel_task', 'deviceaccessd'];

/** kIOUSBHostConnectionSpeed… of IOUSBHostFamilyDefinitions.h, in megabits a second. */
const SPEEDS: Readonly<Record<number, number>> = { 1: 12, 2: 1.5, 3: 480, 4: 5_000, 5: 10_000, 6: 20_000 };
/** kUSBDeviceSpeed… of USB.h. */
const OLD_SPEEDS: Readonly<Record<number, number>> = { 0: 1.5, 1: 12, 2: 480, 3: 5_000, 4: 10_000 };

const MOST_PORTS = 6;

function pathOf(location: number): string {
  const digits = Array.from({ length: MOST_PORTS }, (_, at) => (location >>> (20 - 4 * at)) & 0xf);
  const ports = digits.slice(0, digits.findLastIndex((digit) => digit !== 0) + 1);
  return `${location >>> 24}-${ports.join('.')}`;
}

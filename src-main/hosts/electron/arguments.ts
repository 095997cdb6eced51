import { parseArgs } from 'node:util';

export interface ShellArguments {
  /** Virtual devices instead of real ones. */
  readonly demo: boolean;
  /** Virtual devices that are plugged in from the start. */
  readonly devices: readonly string[];
  /** How much faster than life virtual devices are. */
  readonly speed: number;
  /** Folder of another product.json, for trying. */
  readonly product?: string;
}

/** What is said to us among what is said to Chromium and to Electron, which is not ours to judge. */
export function shellArguments(args: readonly string[]): ShellArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      demo: { type: 'boolean', default: false },
      device: { type: 'string', multiple: true, default: [] },
      speed: { type: 'string', default: '1' },
      product: { type: 'string' },
    },
    strict: false,
  });
  const devices = values.device.filter((name) => typeof name === 'string');
  const speed = Number(values.speed);
  return {
    demo: values.demo === true,
    devices,
    speed: speed > 0 ? speed : 1,
    ...(typeof values.product === 'string' && { product: values.product }),
  };
}

/**
 * A desk of virtual devices with the whole of the services around it: what hosts start with `--demo`, and what tests of
 * screens work with. A device comes with version 1.0.0 of a made-up firmware, as far as its flash has room for it, and
 * with settings beside it; when it is plugged in without BOOT0 held it runs that firmware.
 */
import type { Clock } from '../../shared/clock.ts';
import { StepwiseError } from '../../shared/failure.ts';
import type { ImageRange } from '../firmware/image.ts';
import { NOTHING_KNOWN } from '../diagnostics/bundle/known-secrets.ts';
import { Incidents } from '../log/incidents.ts';
import type { Services } from '../services/handlers.ts';
import { parsedProduct } from '../services/product.ts';
import { createServices } from '../services/services.ts';
import type { DemoDesk, Surroundings } from '../services/surroundings.ts';
import { demoApplication } from '../virtual/catalogue/application.ts';
import { createVirtualDevice, virtualDevices } from '../virtual/catalogue/index.ts';
import { ScaledClock } from '../virtual/clocks.ts';
import { demoFirmware } from '../virtual/demo-firmware.ts';
import { flashEnd, type DeviceDefinition } from '../virtual/definition.ts';
import { VirtualBus } from '../virtual/virtual-bus.ts';
import type { VirtualDevice } from '../virtual/virtual-device.ts';
import { DemoComputer } from './demo-computer.ts';
import { DEMO_FAULTS } from './demo-faults.ts';
import { openDemoRepository } from './demo-repository.ts';
import { nodeNetwork } from './network.ts';

export interface DemoOptions
  extends
    Pick<Surroundings, 'today' | 'stateFolder' | 'resourcesFolder' | 'version' | 'log'>,
    Partial<
      Pick<
        Surroundings,
        'versions' | 'host' | 'platform' | 'openOutside' | 'lookInterval' | 'incidents' | 'secrets' | 'saveAs'
      >
    > {
  /** The time of the person in front of the screen. */
  readonly clock: Clock;
  /** How much faster than life the devices live; 1 if absent. */
  readonly speed?: number;
  /** Names of devices that are plugged in from the start, in their bootloaders. */
  readonly devices?: readonly string[];
}

export interface DemoServices {
  readonly services: Services;
  readonly desk: Desk;
  readonly bus: VirtualBus;
  /** The time in which the devices live. */
  readonly clock: Clock;
}

/** @throws not-found for a device that is not in the catalogue; host-file where product.json is not right */
export async function openDemoServices(options: DemoOptions): Promise<DemoServices> {
  const { clock: screenClock, speed = 1, devices = [], platform = process.platform, ...rest } = options;
  const clock = speed === 1 ? screenClock : new ScaledClock(screenClock, speed);
  const bus = new VirtualBus(clock);
  const { products } = await parsedProduct(options.resourcesFolder);
  const repository = await openDemoRepository(
    0,
    products.map(({ id }) => id),
  );
  const computer = new DemoComputer(platform);
  const desk = new Desk(bus, clock, computer);
  for (const device of devices) desk.plug(device, undefined);
  const services = await createServices({
    versions: {},
    host: 'loopback',
    openOutside: () => Promise.resolve(),
    incidents: new Incidents(options.log, options.today),
    secrets: () => NOTHING_KNOWN,
    ...rest,
    platform,
    computer,
    bus,
    clock,
    screenClock,
    network: nodeNetwork,
    demo: Object.assign(desk, { repository }),
  });
  // It answers at once: the first list has its releases already.
  await services.handlers['catalog.check'](
    {},
    { signal: new AbortController().signal, progress: () => undefined },
  );
  const close = async () => {
    await services.close();
    await repository.close();
  };
  return { services: { ...services, close }, desk, bus, clock };
}

// -- the desk ------------------------------------------------------------------------------------------------------------

/** What a hand can change of a device that is plugged in. */
interface OnDesk {
  readonly device: VirtualDevice;
  boot0: boolean;
  isLetIn: boolean;
}

export class Desk implements Omit<DemoDesk, 'repository'> {
  readonly catalogue = [...virtualDevices.values()].map(({ name, description }) => ({
    name,
    title: description,
  }));
  readonly faults = [...DEMO_FAULTS.keys()];
  readonly application = {
    vendorId: demoApplication.usb.vendorId,
    productId: demoApplication.usb.productId,
    version: 'device-version',
  } as const;
  readonly #bus: VirtualBus;
  readonly #clock: Clock;
  readonly #computer: DemoComputer;
  readonly #plugged = new Map<string, OnDesk>();
  #count = 0;

  constructor(bus: VirtualBus, clock: Clock, computer: DemoComputer) {
    this.#bus = bus;
    this.#clock = clock;
    this.#computer = computer;
  }

  plug(name: string, faultName: string | undefined): string {
    const known = virtualDevices.get(name);
    if (!known) throw new StepwiseError('not-found', { what: `the virtual device ${name}` });
    const fault = faultName === undefined ? undefined : DEMO_FAULTS.get(faultName);
    if (faultName !== undefined && !fault)
      throw new StepwiseError('not-found', { what: `the fault ${faultName}` });
    // Read by the device at each reset, so that a hand can move the switch meanwhile.
    const hand = { boot0: true, isLetIn: this.#computer.hasRule };
    const { definition, options } = fault?.(known, hand) ?? { definition: known, options: {} };
    const contents = installed(definition);
    const number = this.#count++;
    const device: VirtualDevice = createVirtualDevice(definition, {
      ...options,
      clock: this.#clock,
      contents,
      // Boards of one kind differ in their unique ID and in nothing else.
      uniqueId: [0x0030_0020 + number, 0x3334_510b, 0x3231_3533],
      application: {
        ...demoApplication,
        get usb() {
          return { ...demoApplication.usb, deviceVersion: versionIn(device) };
        },
      },
      get boot0() {
        return hand.boot0;
      },
    });
    const path = this.#bus.plug(device);
    this.#plugged.set(path, Object.assign(hand, { device }));
    return path;
  }

  unplug(path: string): void {
    this.device(path);
    this.#bus.unplug(path);
  }

  async replug(path: string, boot0: boolean): Promise<void> {
    const onDesk = this.#at(path);
    onDesk.boot0 = boot0;
    onDesk.isLetIn = this.#computer.hasRule;
    await this.#bus.replug(path);
  }

  /** The device that is or was last plugged in there, seen from the side no host can see. @throws not-found */
  device(path: string): VirtualDevice {
    return this.#at(path).device;
  }

  #at(path: string): OnDesk {
    const onDesk = this.#plugged.get(path);
    if (!onDesk) throw new StepwiseError('not-found', { what: `a virtual device at ${path}` });
    return onDesk;
  }
}

// -- its firmware --------------------------------------------------------------------------------------------------------

/** What the made-up product keeps beside its firmware. */
const SETTINGS_TEXT = 'calibration=1.0042; '.repeat(16);
/** Bytes behind the firmware at which they lie. */
const SETTINGS_GAP = 0x800;

function installed(definition: DeviceDefinition): readonly ImageRange[] {
  const end = flashEnd(definition.chip);
  const firmware = demoFirmware(1).ranges.filter(({ address, bytes }) => address + bytes.length <= end);
  const last = firmware.at(-1);
  if (!last) return [];
  const bytes = new TextEncoder().encode(SETTINGS_TEXT);
  const address = alignedUp(last.address + last.bytes.length + SETTINGS_GAP);
  return address + bytes.length <= end ? [...firmware, { address, bytes }] : firmware;
}

/** A multiple of every programming unit there is. */
function alignedUp(address: number): number {
  const unit = 0x100;
  return Math.ceil(address / unit) * unit;
}

/** bcdDevice of the application in this flash. */
function versionIn(device: VirtualDevice): number {
  const head = demoFirmware(2).ranges[0]?.bytes.subarray(0, VERSIONED_HEAD);
  const installedHead = device.flash.read(device.flash.start, VERSIONED_HEAD);
  return head && Buffer.from(head).equals(installedHead) ? 0x0200 : 0x0100;
}

/** Bytes from the start of a demo firmware in which its versions differ. */
const VERSIONED_HEAD = 0x300;

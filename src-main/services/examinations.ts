/** What was read of a device besides its identity, as long as that holds: until it is looked at anew. */
import type { DeviceIdentity } from '../../shared/identity.ts';
import type { Examined } from '../diagnostics/device/findings.ts';

export class Examinations {
  readonly #known = new WeakMap<DeviceIdentity, Examined>();

  of(identity: DeviceIdentity): Examined {
    return this.#known.get(identity) ?? {};
  }

  add(identity: DeviceIdentity, found: Examined): void {
    this.#known.set(identity, { ...this.of(identity), ...found });
  }
}

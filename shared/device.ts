/** A device as the screens see it: where it is plugged in, and what can be done with it now. */
import { z } from 'zod';
import { failure } from './failure.ts';
import { deviceIdentity } from './identity.ts';

const deviceState = z.discriminatedUnion('kind', [
  /** It was just plugged in and is being asked what it is. */
  z.object({ kind: z.literal('looking') }).readonly(),
  /** Its bootloader answers; it can be updated. */
  z.object({ kind: z.literal('ready'), identity: deviceIdentity }).readonly(),
  /** It runs its application; `canEnter` when it can be sent to its bootloader from here. */
  z
    .object({
      kind: z.literal('application'),
      canEnter: z.boolean(),
      /** Version of the application, where the product tells how it is known. */
      version: z.string().optional(),
    })
    .readonly(),
  /** A job is at work on it. */
  z.object({ kind: z.literal('working'), job: z.string(), identity: deviceIdentity.optional() }).readonly(),
  /** It is there and cannot be used; the failure says why. */
  z.object({ kind: z.literal('unusable'), failure, identity: deviceIdentity.optional() }).readonly(),
]);
export type DeviceState = z.infer<typeof deviceState>;

export const device = z
  .object({
    /** Port path, `1-2.4`: what tells devices apart. */
    path: z.string(),
    /** Name of the product where it is known to be one, else of the chip, else what the device calls itself. */
    title: z.string(),
    /** `id` in product.json, where the device is known to be that product. */
    product: z.string().optional(),
    /** `id`s it may be, where the device does not tell which one and the person has to. */
    products: z.array(z.string()).readonly().optional(),
    state: deviceState,
  })
  .readonly();
export type Device = z.infer<typeof device>;

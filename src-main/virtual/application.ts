/**
 * What runs on the device when its bootloader does not: an application with its own VID:PID. Some have a DFU runtime
 * interface (DFU 1.1 §4.2, §6.1): the host sends DETACH, and the device comes back as its bootloader, either by itself
 * (bitWillDetach) or at the bus reset that has to follow within the detach time-out.
 */
import { DfuAttribute, DfuRequest, DfuState, DfuStatus, DFUSE_VERSION } from '../dfuse/protocol.ts';
import { buildDescriptors } from './descriptors.ts';
import type { Descriptors, UsbDescription } from './descriptors.ts';
import type { Answer, ControlRequest, TransferSubject, UsbFunction } from './usb-function.ts';
import { ACKNOWLEDGED, isClassRequest, reply, STALL, StandardRequests } from './usb-function.ts';

export interface ApplicationModel {
  readonly usb: Omit<UsbDescription, 'alternates' | 'dfu'>;
  /** Absent where the application cannot be sent into the bootloader over USB. */
  readonly runtime?: {
    readonly willDetach: boolean;
    /** wDetachTimeOut in milliseconds. */
    readonly detachTimeout: number;
  };
}

const RUNTIME_TRANSFER_SIZE = 1024;
/** Time an application takes to answer the DETACH before it leaves. Assumed. */
const DETACH_DELAY_MS = 10;

export class Application implements UsbFunction {
  readonly descriptors: Descriptors;
  /** An application does not keep the host waiting. */
  readonly heldUntil = 0;
  readonly #model: ApplicationModel;
  readonly #standard: StandardRequests;
  readonly #enterBootloaderAfter: (ms: number) => void;
  /** Until when a bus reset leads to the bootloader. */
  #detachingUntil = -Infinity;

  constructor(model: ApplicationModel, enterBootloaderAfter: (ms: number) => void) {
    this.#model = model;
    this.#enterBootloaderAfter = enterBootloaderAfter;
    this.descriptors = buildDescriptors({
      ...model.usb,
      alternates: ['Application'],
      ...(model.runtime && {
        dfu: {
          protocol: 1,
          attributes:
            DfuAttribute.canDnload |
            DfuAttribute.canUpload |
            (model.runtime.willDetach ? DfuAttribute.willDetach : 0),
          detachTimeout: model.runtime.detachTimeout,
          transferSize: RUNTIME_TRANSFER_SIZE,
          version: DFUSE_VERSION,
        },
      }),
    });
    this.#standard = new StandardRequests(this.descriptors, true);
  }

  subject(): TransferSubject {
    return {};
  }

  answer(request: ControlRequest, at: number): Answer {
    if (!isClassRequest(request)) return this.#standard.answer(request);
    const { runtime } = this.#model;
    if (!runtime) return STALL;
    const state = at <= this.#detachingUntil ? DfuState.appDetach : DfuState.appIdle;
    switch (request.request) {
      case DfuRequest.detach:
        if (state !== DfuState.appIdle) return STALL;
        this.#detachingUntil = at + Math.min(request.value, runtime.detachTimeout);
        if (runtime.willDetach) this.#enterBootloaderAfter(DETACH_DELAY_MS);
        return ACKNOWLEDGED;
      case DfuRequest.getStatus:
        return reply(Uint8Array.of(DfuStatus.ok, 0, 0, 0, state, 0));
      case DfuRequest.getState:
        return reply(Uint8Array.of(state));
      default:
        return STALL;
    }
  }

  refuse(): Answer {
    return STALL;
  }

  busReset(at: number): void {
    if (at <= this.#detachingUntil) this.#enterBootloaderAfter(0);
  }
}

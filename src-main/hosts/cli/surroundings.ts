/**
 * Everything the command line touches outside of itself: streams, signals, environment, time, USB. It all comes in here,
 * so that a test stands in for the whole world and nothing has to be spawned.
 */
import type { Clock } from '../../../shared/clock.ts';
import type { Network } from '../../catalog/fetch.ts';
import type { Computer } from '../../diagnostics/host/computer.ts';
import type { UsbBus } from '../../usb/port.ts';

/** What asks a program to stop. */
export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

export interface Output {
  /** Never throws: whoever was reading may have gone. */
  write(text: string): void;
  readonly isTTY: boolean;
  /** Characters in a line. */
  readonly columns: number;
  readonly rows: number;
}

export interface Terminal {
  /** Results: what somebody may want to keep or pipe on. */
  readonly out: Output;
  /** Everything said meanwhile: progress, questions, failures. */
  readonly err: Output;
  /** Somebody is there to answer. */
  readonly canAsk: boolean;
  /** One line of answer; undefined when the input ends or `signal` aborts. */
  ask(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** As {@link ask}, and what is typed is not shown. */
  askHidden(question: string, signal: AbortSignal): Promise<string | undefined>;
  /** @returns ends the subscription */
  onStop(listener: (signal: StopSignal) => void): () => void;
  /** Nobody reads {@link Terminal.out} any more: a pipe was closed. @returns ends the subscription */
  onReaderGone(listener: () => void): () => void;
  /** Keeps the program running while nothing else does, until the returned function is called. */
  stayAlive(): () => void;
  /** Ends the program at once. */
  exit(code: number): void;
}

export interface Surroundings {
  readonly terminal: Terminal;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly homeFolder: string;
  /** Where the udev rule lies. */
  readonly resourcesFolder: string;
  readonly version: string;
  /** Real time. */
  readonly clock: Clock;
  /** Now, for people and for the journal; ISO 8601. */
  readonly today: () => string;
  readonly network: Network;
  /** What can be asked of this computer. */
  readonly computer: Computer;
  /** The computer's own USB. */
  readonly openBus: () => Promise<UsbBus>;
}

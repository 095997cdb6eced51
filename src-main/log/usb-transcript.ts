/**
 * What went over USB, for whoever has to understand afterwards what a bootloader did: a line for each transfer, with
 * commands, states and times, and without what is in the memory of the device. The bytes of a firmware are its maker's.
 */
import { z } from 'zod';
import type { RotatingFile } from './rotating-file.ts';

/** A sink of the recorder (usb/recorder.ts). */
export interface TranscriptSink {
  write(line: string): void;
  close(): Promise<void>;
}

const transfer = z.looseObject({
  op: z.enum(['in', 'out']),
  requestType: z.int(),
  request: z.int(),
  value: z.int(),
  data: z.string(),
});

/** Requests to a DFU interface (DFU 1.1 §3). */
const CLASS_TO_INTERFACE = 0x21;
const DIRECTION = 0x80;
const DNLOAD = 1;
const UPLOAD = 2;
/** Blocks 0 and 1 are commands, from 2 on they are memory (AN3156 §4). */
const FIRST_DATA_BLOCK = 2;

/** Transfers that are written at a time: a disk is slower than a bootloader. */
const WRITTEN_TOGETHER = 64;
/** After a transfer that failed the program may not live long. */
const FAILED = '"failure":';

export function usbTranscript(file: RotatingFile): TranscriptSink {
  let waiting: string[] = [];
  const flush = () => {
    if (waiting.length > 0) file.writeLines(waiting);
    waiting = [];
  };
  return {
    write: (line) => {
      waiting.push(withoutMemory(line));
      if (waiting.length >= WRITTEN_TOGETHER || line.includes(FAILED)) flush();
    },
    close: () => {
      flush();
      return Promise.resolve();
    },
  };
}

/** A line of a recording; of a transfer that carries memory only its length is left. */
export function withoutMemory(line: string): string {
  const parsed = transfer.safeParse(parsedJson(line));
  if (!parsed.success) return line;
  const { data, ...rest } = parsed.data;
  const isDfu = (rest.requestType & ~DIRECTION) === CLASS_TO_INTERFACE;
  const carriesMemory = rest.request === DNLOAD || rest.request === UPLOAD;
  if (!isDfu || !carriesMemory || rest.value < FIRST_DATA_BLOCK) return line;
  return JSON.stringify({ ...rest, omitted: data.length / 2 });
}

function parsedJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

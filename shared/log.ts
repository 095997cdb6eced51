/** One line of the log: an event, where it happened, and what it is about. */
import { z } from 'zod';

const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export const logLevel = z.enum(logLevels);
export type LogLevel = z.infer<typeof logLevel>;

export const logLine = z
  .object({
    /** Counts up by one; never used twice in a run of the program. */
    number: z.int(),
    /** ISO 8601. */
    time: z.string(),
    level: logLevel,
    /** Room of the house, `usb`, `flash`, `contract`. */
    room: z.string(),
    message: z.string(),
    /** Port path of the device it is about. */
    device: z.string().optional(),
  })
  .readonly();
export type LogLine = z.infer<typeof logLine>;

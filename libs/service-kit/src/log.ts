import { type Logger, pino } from 'pino';

export type { Logger };

/** JSON lines on standard output: one message a line, data in fields, no bodies, no keys. */
export const createLogger = (service: string, level: string): Logger =>
  pino({ level, base: { 'service.name': service }, timestamp: pino.stdTimeFunctions.isoTime });

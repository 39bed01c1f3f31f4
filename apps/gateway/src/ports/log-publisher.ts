import type { LogRecord } from '../log-record.ts';

/** Takes log records off the hands of a call. Never waits, never throws; what it cannot keep it counts. */
export interface LogPublisher {
  publish(record: LogRecord): void;
  /** Everything taken so far is stored when this resolves. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

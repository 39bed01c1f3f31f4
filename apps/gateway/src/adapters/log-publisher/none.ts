import type { LogPublisher } from '../../ports/log-publisher.ts';

/** Keeps nothing: for a deployment that wants no log. */
export const noLogs: LogPublisher = {
  publish: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

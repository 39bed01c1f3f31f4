import { PlatformError } from '@portolan/service-kit';

/** The queue could not be asked in time. A write under way may have been done all the same, so it is repeated with the same id. */
export const jobsUnavailable = (cause: unknown): PlatformError =>
  new PlatformError('store_unavailable', { public: 'The job queue does not answer; try again.', cause });

/** More calls wait for the queue than are allowed to. */
export const tooManyPending = (): PlatformError =>
  new PlatformError('overloaded', { public: 'Too many jobs wait to be accepted; try again.' });

export const shuttingDown = (): PlatformError =>
  new PlatformError('shutting_down', { public: 'The job queue is closing; try another instance.' });

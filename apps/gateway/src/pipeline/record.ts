import type { Clock, Logger } from '@portolan/service-kit';
import type { Routed, Step } from '../exchange.ts';
import type { LogPublisher } from '../ports/log-publisher.ts';
import { toLogRecords } from '../to-log-records.ts';

/**
 * Sees every routed call and leaves one record per target tried, once the last byte is out.
 * It stands inside routing's steps so that it knows who called and by which config; the caller never waits for it.
 */
export const record =
  (logs: LogPublisher | undefined, clock: Clock, log: Logger): Step<Routed, Routed> =>
  (next) => {
    if (logs === undefined) return next;
    return async (call) => {
      const reply = await next(call);
      const headAtMs = clock.monotonicMs();
      reply.finished
        .then((completion) => {
          for (const row of toLogRecords(call, reply, completion, headAtMs)) logs.publish(row);
        })
        // Whatever a provider reported, a record that cannot be made must not take the process with it.
        .catch((error: unknown) => log.error({ err: error, trace_id: call.ids.traceId }, 'a log record was not made'));
      return reply;
    };
  };

import type { Logger } from '@portolan/service-kit';
import type { Notifier } from '../../ports/notifier.ts';

/** For a deployment without mail: messages are lines in the log. No secret ever is, so none can be delivered. */
export const logNotifier = (log: Logger): Notifier => ({
  carriesSecrets: () => false,
  deliver: async ({ kind, organizationId, to, subject, facts, secret }) => {
    if (secret !== undefined) throw new Error('A secret cannot be delivered: neither mail nor a webhook is set up.');
    log.info({ kind, organizationId, recipients: to.length, facts }, subject);
  },
  close: () => undefined,
});

import type { Notifier } from '../../ports/notifier.ts';

/** Tells by all ways at once. A message counts as delivered when one of them took it; a secret takes only ways that may carry it. */
export const severalNotifiers = (notifiers: readonly Notifier[]): Notifier => ({
  carriesSecrets: (to) => notifiers.some((notifier) => notifier.carriesSecrets(to)),
  deliver: async (message) => {
    const ways = notifiers.filter((each) => message.secret === undefined || each.carriesSecrets(message.to));
    const outcomes = await Promise.allSettled(ways.map((each) => each.deliver(message)));
    if (outcomes.some(({ status }) => status === 'fulfilled')) return;
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    throw new Error('Nobody took the message.', { cause: failed?.reason });
  },
  close: () => {
    for (const notifier of notifiers) notifier.close();
  },
});

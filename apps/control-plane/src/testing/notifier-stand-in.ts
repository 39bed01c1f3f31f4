import type { Message, Notifier } from '../ports/notifier.ts';

export interface NotifierStandIn extends Notifier {
  /** What was delivered, in its order. */
  readonly delivered: readonly Message[];
  /** From now on nobody takes anything. */
  fail(failing: boolean): void;
}

/** Stands in for mail and webhooks: keeps what it is told. Like mail, it carries secrets to addresses only. */
export const notifierStandIn = (): NotifierStandIn => {
  const delivered: Message[] = [];
  let failing = false;
  return {
    delivered,
    fail: (value) => {
      failing = value;
    },
    carriesSecrets: (to) => to.length > 0,
    deliver: async (message) => {
      if (failing) throw new Error('Nobody took the message.');
      delivered.push(message);
    },
    close: () => undefined,
  };
};

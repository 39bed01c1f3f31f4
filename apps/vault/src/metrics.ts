import { Counter, Gauge, Registry } from 'prom-client';

export type ResolveOutcome = 'released' | 'refused' | 'failed';

/** What operators watch. Labels come from small closed sets only: never ids. */
export interface Metrics {
  onResolve(outcome: ResolveOutcome): void;
  /** @returns tells that the watcher is gone */
  onWatch(): () => void;
  onAuditFailure(sink: string): void;
  onPollFailure(): void;
  setRewrapLeft(secrets: number): void;
  setUnreadable(organizations: number): void;
  setAuditChain(isIntact: boolean): void;
  expose(): Promise<{ contentType: string; text: string }>;
}

export interface Observed {
  isSealed(): boolean;
  /** When the certificate in use ends, Unix milliseconds. Missing where there is none. */
  readonly certificateNotAfterMs?: () => number;
}

export const createMetrics = ({ isSealed, certificateNotAfterMs }: Observed): Metrics => {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, read?: () => number): Gauge =>
    new Gauge({
      name: `portolan_vault_${name}`,
      help,
      registers,
      ...(read === undefined
        ? {}
        : {
            collect() {
              this.set(read());
            },
          }),
    });
  const counter = <Label extends string>(name: string, help: string, labelNames: Label[]): Counter<Label> =>
    new Counter({ name: `portolan_vault_${name}`, help, labelNames, registers });

  gauge('sealed', 'Whether the vault is sealed.', () => (isSealed() ? 1 : 0));
  if (certificateNotAfterMs !== undefined) {
    gauge(
      'certificate_not_after_seconds',
      'When the certificate in use ends, Unix seconds.',
      () => certificateNotAfterMs() / 1000,
    );
  }
  const watchers = gauge('watchers', 'Gateways that watch for changes.');
  const rewrapLeft = gauge('rewrap_left', 'Secrets that rotations of tenant keys have still to move.');
  const unreadable = gauge('unreadable_organizations', 'Organizations whose canary did not open.');
  const chain = gauge('audit_chain_intact', 'Whether the audit in the database was whole when it was followed last.');
  const resolves = counter('resolves_total', 'Requests for a credential, by outcome.', ['outcome']);
  const auditFailures = counter('audit_failures_total', 'Audit entries that a sink did not take.', ['sink']);
  const pollFailures = counter('poll_failures_total', 'Looks for changes that failed.', []);

  return {
    onResolve: (outcome) => resolves.inc({ outcome }),
    onWatch: () => {
      watchers.inc();
      return () => watchers.dec();
    },
    onAuditFailure: (sink) => auditFailures.inc({ sink }),
    onPollFailure: () => pollFailures.inc(),
    setRewrapLeft: (secrets) => rewrapLeft.set(secrets),
    setUnreadable: (organizations) => unreadable.set(organizations),
    setAuditChain: (isIntact) => chain.set(isIntact ? 1 : 0),
    expose: async () => ({
      contentType: registry?.contentType ?? 'text/plain',
      text: (await registry?.metrics()) ?? '',
    }),
  };
};

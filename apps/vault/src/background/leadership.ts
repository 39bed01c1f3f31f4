import type { Clock } from '@portolan/service-kit';
import type { Leases } from '../ports/leases.ts';

export interface LeadershipSettings {
  readonly leases: Leases;
  /** What the lease is for. */
  readonly name: string;
  /** This instance. */
  readonly holder: string;
  /** How long a lease lasts without being renewed, ms: after a crash nobody leads for so long. */
  readonly leaseMs: number;
  readonly clock: Clock;
  readonly onFailure: (error: unknown) => void;
}

/** Whether this instance does what one of them is enough for. */
export interface Leadership {
  isLeader(): boolean;
  /** Takes or keeps the lease. To be called several times within `leaseMs`. */
  renew(): Promise<void>;
  /** Gives the lease back, so that another instance need not wait for its end. */
  resign(): Promise<void>;
}

export const createLeadership = (settings: LeadershipSettings): Leadership => {
  const { leases, name, holder, leaseMs, clock, onFailure } = settings;
  let leadsUntilMs = Number.NEGATIVE_INFINITY;
  return {
    isLeader: () => clock.monotonicMs() < leadsUntilMs,
    renew: async () => {
      // Counted from before the question, so that the lease ends here no later than it does there.
      const askedAtMs = clock.monotonicMs();
      const nowMs = clock.wallMs();
      try {
        const isOurs = await leases.hold(name, holder, { nowMs, untilMs: nowMs + leaseMs });
        leadsUntilMs = isOurs ? askedAtMs + leaseMs : Number.NEGATIVE_INFINITY;
      } catch (error) {
        onFailure(error);
      }
    },
    resign: async () => {
      leadsUntilMs = Number.NEGATIVE_INFINITY;
      await leases.release(name, holder).catch(onFailure);
    },
  };
};

/** For a store that one process owns: there is nobody else. */
export const ALWAYS_LEADER: Leadership = {
  isLeader: () => true,
  renew: async () => undefined,
  resign: async () => undefined,
};

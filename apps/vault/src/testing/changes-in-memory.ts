import type { Changes, NumberedChange } from '../ports/changes.ts';

export interface ChangesInMemory extends Changes {
  /** Makes changes with the next numbers. */
  make(count: number): void;
  /** Puts the database back to an earlier moment, as a restored backup does. */
  restore(revision: number): void;
  /** Puts another database in its place. */
  exchange(): void;
  fail(isFailing: boolean): void;
  /** How often it was asked. */
  asked(): number;
}

const epochOf = (number: number): string => `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;

export const changesInMemory = (): ChangesInMemory => {
  let rows: NumberedChange[] = [];
  let [revision, epoch, asked] = [0, 1, 0];
  let isFailing = false;
  return {
    after: async (from, limit) => {
      asked += 1;
      if (isFailing) throw new Error('The database is away.');
      const changes = rows.filter((row) => row.revision > from).slice(0, limit);
      return { head: { epoch: epochOf(epoch), revision }, changes };
    },
    completeAfter: async () => (rows[0]?.revision ?? revision + 1) - 1,
    prune: async (keep) => {
      const before = rows.length;
      rows = rows.filter((row) => row.revision > revision - keep);
      return before - rows.length;
    },
    make: (count) => {
      for (let at = 0; at < count; at += 1) {
        revision += 1;
        rows.push({ revision, credentialId: `c${revision}`, organizationId: 'o', generation: 1, status: 'active' });
      }
    },
    restore: (to) => {
      revision = to;
      rows = rows.filter((row) => row.revision <= to);
    },
    exchange: () => {
      epoch += 1;
      revision = 0;
      rows = [];
    },
    fail: (now) => {
      isFailing = now;
    },
    asked: () => asked,
  };
};

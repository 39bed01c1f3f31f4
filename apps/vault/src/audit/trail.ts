import { type AuditEntry, auditLine } from '../domain/audit.ts';
import type { GroupCommit } from './group-commit.ts';

/** No sink could take an entry, so what it tells of must not happen. */
export class AuditUnavailable extends Error {
  override readonly name = 'AuditUnavailable';
}

export interface AuditTrail {
  /** Resolves once the entry is durable in one sink at least. @throws AuditUnavailable */
  record(entry: AuditEntry): Promise<void>;
  /** Hands an entry that one sink has already to the others; nothing waits for it. @param except the sink that has it */
  copy(entry: AuditEntry, except: string): void;
  close(): Promise<void>;
}

/**
 * The audit over several sinks: each gets every entry, and the fastest that has it is enough to go on.
 * @param onFailure told of every entry that a sink did not take
 */
export const createAuditTrail = (
  sinks: readonly GroupCommit[],
  onFailure: (sink: string, error: unknown) => void,
): AuditTrail => {
  const add = async (sink: GroupCommit, line: string): Promise<void> => {
    try {
      await sink.add(line);
    } catch (error) {
      onFailure(sink.name, error);
      throw error;
    }
  };
  return {
    record: async (entry) => {
      const line = auditLine(entry);
      try {
        await Promise.any(sinks.map((sink) => add(sink, line)));
      } catch (cause) {
        throw new AuditUnavailable('No sink of the audit can be written to.', { cause });
      }
    },
    copy: (entry, except) => {
      const line = auditLine(entry);
      // A failure was counted by `add`; the entry is safe in the other sink.
      for (const sink of sinks) if (sink.name !== except) add(sink, line).catch(() => undefined);
    },
    close: async () => {
      await Promise.all(sinks.map((sink) => sink.close()));
    },
  };
};

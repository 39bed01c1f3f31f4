import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type MigratableDatabase, openPglite, openPostgres } from '@portolan/sql';
import { fileAuditSink } from './adapters/audit/file.ts';
import { sqlAuditSink } from './adapters/audit/sql.ts';
import { GROUP_COMMIT_LIMITS, type GroupCommit, groupCommit } from './audit/group-commit.ts';
import type { VaultConfig } from './config.ts';

const STATEMENT_TIMEOUT_MS = 10_000;

const urlWithPassword = async (config: VaultConfig): Promise<string> => {
  const { VAULT_DATABASE_URL: url = '', VAULT_DATABASE_PASSWORD_FILE: path } = config;
  if (path === undefined || !URL.canParse(url)) return url;
  const complete = new URL(url);
  complete.password = encodeURIComponent((await readFile(path, 'utf8')).trim());
  return complete.href;
};

/** The database, whose schema may be old or missing still. @throws DataDirLocked, SqlError */
export const openDatabase = async (config: VaultConfig): Promise<MigratableDatabase> => {
  const { VAULT_STORE: store, VAULT_DATA_DIR: dataDir = '' } = config;
  if (store === 'embedded') return openPglite({ dataDir });
  return openPostgres({
    url: await urlWithPassword(config),
    maxConnections: config.VAULT_DATABASE_CONNECTIONS,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    applicationName: 'portolan-vault',
  });
};

const auditFile = ({ VAULT_AUDIT_FILE: path, VAULT_STORE: store, VAULT_DATA_DIR: dataDir = '' }: VaultConfig) =>
  path ?? (store === 'embedded' ? join(dataDir, 'audit.jsonl') : undefined);

/** Beside a file, which is quick, the database gets what came within this time in one transaction, ms. */
const DATABASE_LINGER_MS = 25;

/** Where the audit goes: into the database always, and into a file where there is a place for one. */
export const auditSinks = (config: VaultConfig, database: MigratableDatabase): readonly GroupCommit[] => {
  const path = auditFile(config);
  if (path === undefined) return [groupCommit(sqlAuditSink(database))];
  return [
    groupCommit(sqlAuditSink(database), { ...GROUP_COMMIT_LIMITS, lingerMs: DATABASE_LINGER_MS }),
    groupCommit(fileAuditSink(path)),
  ];
};

/** Secrets that a rewrap exchanges in one transaction. An embedded database answers nobody else meanwhile. */
export const rewrapBatchSize = ({ VAULT_STORE: store }: VaultConfig): number => (store === 'embedded' ? 50 : 1_000);

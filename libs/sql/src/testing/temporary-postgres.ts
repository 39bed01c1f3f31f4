import { randomBytes } from 'node:crypto';
import { openPostgres } from '../postgres.ts';

export interface TemporaryPostgres {
  readonly url: string;
  /** Deletes the database, ending whoever is still connected. */
  remove(): Promise<void>;
}

/** A new empty database on a server, for one test file. */
export const temporaryPostgres = async (serverUrl: string): Promise<TemporaryPostgres> => {
  const name = `portolan_test_${randomBytes(8).toString('hex')}`;
  const onServer = async (statement: string): Promise<void> => {
    const server = openPostgres({ url: serverUrl, maxConnections: 1 });
    try {
      await server.query(statement);
    } finally {
      await server.close();
    }
  };
  await onServer(`create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, remove: () => onServer(`drop database ${name} with (force)`) };
};

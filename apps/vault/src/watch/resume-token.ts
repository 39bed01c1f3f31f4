import type { ChangesHead } from '../ports/changes.ts';

const TOKEN = /^([0-9a-f-]{36})\.(\d{1,15})$/;

/** Where a watcher stands, as the text it keeps: `<epoch>.<revision>`. */
export const formatToken = ({ epoch, revision }: ChangesHead): string => `${epoch}.${revision}`;

/** Undefined for anything that is no token. */
export const parseToken = (token: string): ChangesHead | undefined => {
  const [, epoch, revision] = TOKEN.exec(token) ?? [];
  return epoch === undefined || revision === undefined ? undefined : { epoch, revision: Number(revision) };
};

const LENGTH_MAX = 200;

/**
 * Whom the audit of the vault names: visible ASCII without blanks, as it asks for.
 * @param userName  of the operating system; undefined when this user has none, as in a container
 */
export const actorOf = (userName: string | undefined, userId: number | undefined): string => {
  const name = (userName ?? '').replaceAll(/[^\x21-\x7e]/g, '_').slice(0, LENGTH_MAX);
  return `user:${name === '' ? `uid-${userId ?? 'unknown'}` : name}`;
};

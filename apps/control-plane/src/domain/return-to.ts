const MAX_CHARS = 1_024;

/** A path of our own to go back to after signing in; `/` for everything that could lead elsewhere. */
export const safeReturnTo = (given: string | undefined, publicUrl: string): string => {
  if (given === undefined || given.length > MAX_CHARS || !/^\/(?![/\\])[\x21-\x7e]*$/.test(given)) return '/';
  if (given.includes('\\')) return '/';
  const base = new URL(publicUrl);
  const there = new URL(given, base);
  return there.origin === base.origin ? `${there.pathname}${there.search}${there.hash}` : '/';
};

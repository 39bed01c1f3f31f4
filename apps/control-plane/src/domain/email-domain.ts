/**
 * Whether an address belongs to one of the domains.
 * @param allowed  `example.com` for that domain alone, `*.example.com` for all below it
 */
export const isOfDomain = (email: string, allowed: readonly string[]): boolean => {
  const domain = email.slice(email.lastIndexOf('@') + 1).toLowerCase();
  return allowed
    .map((entry) => entry.toLowerCase())
    .some((entry) => (entry.startsWith('*.') ? domain.endsWith(entry.slice(1)) : domain === entry));
};

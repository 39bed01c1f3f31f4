const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Browsers keep `__Host-` cookies to one host over https. On one machine without TLS there is nothing to keep them from. */
const isPlainLoopback = (publicUrl: string): boolean => {
  const { protocol, hostname } = new URL(publicUrl);
  return protocol === 'http:' && LOOPBACK.has(hostname);
};

const SESSION = 'portolan_session';
const SIGN_IN = 'portolan_sign_in';

const named = (name: string, publicUrl: string): string => (isPlainLoopback(publicUrl) ? name : `__Host-${name}`);

export const sessionCookieName = (publicUrl: string): string => named(SESSION, publicUrl);

/** Holds what ties a sign-in at an identity provider to the browser that began it. */
export const signInCookieName = (publicUrl: string): string => named(SIGN_IN, publicUrl);

/** The value of a cookie; of several with one name the first. */
export const readCookie = (headers: Readonly<Record<string, string>>, name: string): string | undefined =>
  headers.cookie
    ?.split(';')
    .map((pair) => pair.trim())
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/** A `set-cookie` line. @param maxAgeS 0 takes the cookie away */
export const setCookie = (publicUrl: string, name: string, value: string, maxAgeS: number): string =>
  [
    `${name}=${value}`,
    'Path=/',
    `Max-Age=${maxAgeS}`,
    'HttpOnly',
    'SameSite=Lax',
    ...(isPlainLoopback(publicUrl) ? [] : ['Secure']),
  ].join('; ');

import { Secret } from '@portolan/service-kit';
import { Refused } from '../failure.ts';
import { baseOf } from '../http/client.ts';
import type { Profiles } from './credentials-file.ts';

/** Which platform is meant, who asks, and in which workspace. */
export interface Target {
  readonly url: string;
  readonly key: Secret;
  /** Id or slug; undefined: the one that the key belongs to. */
  readonly workspace: string | undefined;
}

export interface Wishes {
  readonly url: string | undefined;
  readonly workspace: string | undefined;
  readonly profile: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

export const DEFAULT_PROFILE = 'default';

const sameAddress = (a: string, b: string): boolean => baseOf(a) === baseOf(b);

/**
 * Flags win over variables, and variables over the profile. A key that was kept for one address is not sent to another.
 * @throws Refused  when it stays unclear where to, or with which key
 */
export const chooseTarget = (flags: Wishes, env: Env, profiles: Profiles): Target => {
  const name = flags.profile ?? (env.PORTOLAN_PROFILE || DEFAULT_PROFILE);
  const profile = profiles.get(name);
  const isNamed = flags.profile !== undefined || Boolean(env.PORTOLAN_PROFILE);
  if (isNamed && profile === undefined) {
    throw new Refused(`There is no profile "${name}". Known: ${[...profiles.keys()].join(', ') || 'none'}.`);
  }
  const url = flags.url ?? (env.PORTOLAN_URL || profile?.url);
  if (url === undefined) {
    throw new Refused('No platform is named. Log in with "portolan login --url URL", or set PORTOLAN_URL.');
  }
  const kept = profile !== undefined && sameAddress(profile.url, url) ? profile : undefined;
  const key = env.PORTOLAN_API_KEY ? new Secret(env.PORTOLAN_API_KEY) : kept?.key;
  if (key === undefined) {
    throw new Refused(
      `There is no key for ${url}. Log in with "portolan login --url ${url}", or set PORTOLAN_API_KEY.`,
    );
  }
  return { url, key, workspace: flags.workspace ?? (env.PORTOLAN_WORKSPACE || kept?.workspace) };
};

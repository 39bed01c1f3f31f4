import { type RecordedRequest, type StandIn, type StandInName, startStandIn } from '@portolan/testing';

/** Stand-ins under the slugs of virtual keys. */
export interface Fleet {
  /** For the virtual keys file: every slug leads to its own stand-in with a credential of its own. */
  readonly virtualKeys: Readonly<Record<string, { provider: string; api_key: string; custom_host: string }>>;
  /** @throws for a slug that is not in the fleet */
  at(slug: string): StandIn;
  /** How many calls each stand-in got, by slug; those that got none are left out. */
  calls(): Readonly<Record<string, number>>;
  /** The only request that the stand-in of a slug got. @throws when there is not exactly one */
  onlyRequest(slug: string): RecordedRequest;
  /** Forgets what was scripted and recorded. */
  reset(): void;
  close(): Promise<void>;
}

export const startFleet = async (providers: Readonly<Record<string, StandInName>>): Promise<Fleet> => {
  const started = await Promise.all(
    Object.entries(providers).map(async ([slug, provider]) => ({
      slug,
      provider,
      standIn: await startStandIn(provider),
    })),
  );
  const bySlug = new Map(started.map(({ slug, standIn }) => [slug, standIn]));
  const at = (slug: string): StandIn => {
    const standIn = bySlug.get(slug);
    if (standIn === undefined) throw new Error(`the fleet has no ${slug}`);
    return standIn;
  };
  return {
    virtualKeys: Object.fromEntries(
      started.map(({ slug, provider, standIn }) => [
        slug,
        { provider, api_key: keyOf(slug), custom_host: standIn.url },
      ]),
    ),
    at,
    calls: () =>
      Object.fromEntries(
        started.flatMap(({ slug, standIn }) => (standIn.requests.length > 0 ? [[slug, standIn.requests.length]] : [])),
      ),
    onlyRequest(slug) {
      const [request, ...more] = at(slug).requests;
      if (request === undefined || more.length > 0) throw new Error(`${slug} got ${at(slug).requests.length} requests`);
      return request;
    },
    reset() {
      for (const { standIn } of started) standIn.reset();
    },
    async close() {
      await Promise.all(started.map(({ standIn }) => standIn.close()));
    },
  };
};

/** The credential behind a slug of a fleet. */
export const keyOf = (slug: string): string => `credential-of-${slug}`;

/** The routing headers of an answer, without their prefix. */
export const routingOf = (response: Response) => ({
  path: response.headers.get('x-portkey-last-used-option-index'),
  retryCount: response.headers.get('x-portkey-retry-attempt-count'),
  cacheStatus: response.headers.get('x-portkey-cache-status'),
  provider: response.headers.get('x-portkey-provider'),
});

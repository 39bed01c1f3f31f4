import type { CallContext } from '../spec/provider.ts';

/** A frozen world for unit tests; name what the case is about. */
export const testContext = (
  given: Partial<Omit<CallContext, 'options'>> & {
    readonly settings?: Readonly<Record<string, string>>;
    readonly customHost?: string;
  } = {},
): CallContext => {
  const { settings = {}, customHost, ...rest } = given;
  return {
    provider: 'openai',
    options: { settings, customHost, credential: { reveal: () => 'K' } },
    strict: true,
    includeUsage: false,
    now: () => 1767225600,
    newId: (prefix) => `${prefix}id1`,
    fetchMedia: () => Promise.reject(new Error('no media in this test')),
    ...rest,
  };
};

import type { HeaderMap, TargetOptions } from '../spec/provider.ts';

/** The key alone in a header of the provider's own name, e.g. `x-api-key`. */
export const headerKey =
  (name: string) =>
  (options: TargetOptions): HeaderMap =>
    options.credential === undefined ? {} : { [name]: options.credential.reveal() };

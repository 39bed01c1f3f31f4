import type { HeaderMap, TargetOptions } from '../spec/provider.ts';

/** `authorization: Bearer <key>`; nothing at all without a credential. */
export const bearer = (options: TargetOptions): HeaderMap =>
  options.credential === undefined ? {} : { authorization: `Bearer ${options.credential.reveal()}` };

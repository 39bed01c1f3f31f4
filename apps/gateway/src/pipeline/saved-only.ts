import { PlatformError } from '@portolan/service-kit';
import type { Identified, Step } from '../exchange.ts';

/** What a deployment that allows saved configs only does not let callers bring along, in the order it is looked for. */
const INLINE: readonly { header: string; code: string; what: string; isInline?(value: string): boolean }[] = [
  {
    header: 'x-portkey-config',
    code: 'inline_config_blocked',
    what: 'Inline configs',
    isInline: (value) => !value.startsWith('pc-'),
  },
  {
    header: 'x-portkey-provider',
    code: 'inline_provider_blocked',
    what: 'Providers by name',
    isInline: (value) => !value.startsWith('@'),
  },
  { header: 'x-portkey-custom-host', code: 'inline_custom_host_blocked', what: 'Custom hosts' },
  { header: 'x-portkey-azure-foundry-url', code: 'inline_provider_url_blocked', what: 'Provider URLs' },
  { header: 'x-portkey-huggingface-base-url', code: 'inline_provider_url_blocked', what: 'Provider URLs' },
  { header: 'x-portkey-forward-headers', code: 'inline_forward_headers_blocked', what: 'Forwarded headers' },
];

/** Where only saved configs are allowed, refuses what a caller says inline. */
export const savedOnly: Step<Identified, Identified> = (next) => (call) => {
  if (!call.apiKey.savedOnly) return next(call);
  for (const { header, code, what, isInline } of INLINE) {
    // A provider can also be named in an older header: what counts is what was understood.
    const value = header === 'x-portkey-provider' ? call.headers.provider : call.headers.raw[header];
    if (typeof value !== 'string' || value === '' || isInline?.(value) === false) continue;
    throw new PlatformError('invalid_request_error', {
      public: `${what} are not allowed here: use a saved config or a virtual key by its slug`,
      code,
      param: header,
      field: header,
    });
  }
  return next(call);
};

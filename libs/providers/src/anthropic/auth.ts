import { bearer } from '../auth/bearer.ts';
import { headerKey } from '../auth/header-key.ts';
import { isArray, type JsonObject } from '../spec/json.ts';
import type { HeaderMap, TargetOptions } from '../spec/provider.ts';

const DEFAULT_VERSION = '2023-06-01';

/** What an OAuth access token looks like; everything else is an API key. */
const OAUTH_TOKEN = /^sk-ant-oat/;
const OAUTH_BETA = 'oauth-2025-04-20';

const apiKey = headerKey('x-api-key');

const isOauth = (options: TargetOptions): boolean =>
  options.credential !== undefined && OAUTH_TOKEN.test(options.credential.reveal());

/** `x-api-key`, or a bearer for an OAuth token; the version of the API; the beta features of the settings. */
export const anthropicHeaders = (options: TargetOptions): HeaderMap => ({
  ...(isOauth(options) ? bearer(options) : apiKey(options)),
  'anthropic-version': options.settings.anthropic_version ?? DEFAULT_VERSION,
  ...betaHeader(options, []),
});

/** The one beta header of a request: the settings' features, those given, and what the credential needs. */
const betaHeader = (options: TargetOptions, features: readonly string[]): HeaderMap => {
  const all = [
    ...splitBetas(options.settings.anthropic_beta ?? ''),
    ...features,
    ...(isOauth(options) ? [OAUTH_BETA] : []),
  ];
  return all.length === 0 ? {} : { 'anthropic-beta': [...new Set(all)].join(',') };
};

/** Headers of one request that a body's own `anthropic_beta` and `anthropic_version` call for. */
export const requestHeaders = (
  options: TargetOptions,
  betas: readonly string[],
  version: string | undefined,
): HeaderMap => ({
  ...betaHeader(options, betas),
  ...(version === undefined ? {} : { 'anthropic-version': version }),
});

/** The beta features that a body names, as a text or a list. */
export const bodyBetas = ({ anthropic_beta: betas }: JsonObject): readonly string[] =>
  (isArray(betas) ? betas : [betas]).flatMap((entry) => (typeof entry === 'string' ? splitBetas(entry) : []));

const splitBetas = (list: string): readonly string[] =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

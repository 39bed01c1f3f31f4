import { mayReceive } from '@portolan/credential-rules';
import type { ResolveCredentialResponse } from '@portolan/proto';
import { type Credential, isObject } from '@portolan/providers';
import { PlatformError } from '@portolan/service-kit';
import type { StoredCredential } from '../ports/credentials.ts';
import { headersOf, providerSettingsOf } from './settings.ts';

/** Secrets that steer more than a setting of the provider. */
const KEY = 'key';
const HEADERS = 'custom_headers';

/** A credential in the clear, its secrets as bytes that can be erased. Nothing of it prints. */
export class HeldCredential implements StoredCredential {
  readonly key: Credential | undefined;
  readonly customHost: string | undefined;
  readonly #provider: string;
  readonly #plain: Readonly<Record<string, string>>;
  readonly #secrets: ReadonlyMap<string, Buffer>;
  readonly #allowedHosts: readonly string[];
  /** The last URL that was let through: nearly every call goes where the one before went. */
  #homeUrl: string | undefined;
  #isErased = false;

  /** @throws SyntaxError for settings that are no JSON */
  constructor({ provider, settingsJson, secrets, allowedHosts }: ResolveCredentialResponse) {
    const settings = objectOf(settingsJson);
    const { custom_host: host } = settings;
    this.#provider = provider;
    this.#plain = providerSettingsOf(provider, settings);
    this.#secrets = new Map(secrets.map(({ field, value }) => [field, value]));
    this.#allowedHosts = allowedHosts;
    this.customHost = typeof host === 'string' && host !== '' ? host : undefined;
    this.key = this.#secrets.has(KEY) ? { reveal: () => this.#reveal(KEY) } : undefined;
  }

  headers(): Readonly<Record<string, string>> | undefined {
    return this.#secrets.has(HEADERS) ? headersOf(this.#reveal(HEADERS)) : undefined;
  }

  settings(): Readonly<Record<string, string>> {
    const secret: Record<string, string> = {};
    let isPlain = true;
    for (const field of this.#secrets.keys()) {
      if (field === KEY || field === HEADERS) continue;
      secret[field] = this.#reveal(field);
      isPlain = false;
    }
    return isPlain ? this.#plain : { ...this.#plain, ...providerSettingsOf(this.#provider, secret) };
  }

  mayGoTo(url: string): boolean {
    if (url === this.#homeUrl || this.#secrets.size === 0) return true;
    if (!mayReceive(this.#allowedHosts, url)) return false;
    this.#homeUrl = url;
    return true;
  }

  /** Overwrites the secrets. Whoever still holds this cannot use it any more. */
  erase(): void {
    this.#isErased = true;
    for (const secret of this.#secrets.values()) secret.fill(0);
  }

  #reveal(field: string): string {
    const secret = this.#secrets.get(field);
    if (secret === undefined || this.#isErased) {
      throw new PlatformError('vault_unavailable', { public: 'The credential was withdrawn while it was in use' });
    }
    return secret.toString('utf8');
  }
}

const objectOf = (json: string): Readonly<Record<string, unknown>> => {
  const value: unknown = json === '' ? {} : JSON.parse(json);
  return isObject(value) ? value : {};
};

import { localWrappingKey } from '../../crypto/wrap.ts';
import type { WrappingKey } from '../../ports/root-key.ts';
import { rootKeyFromBytes } from './key-material.ts';
import { askKms, type TokenSource, textAt } from './kms-call.ts';

export interface AzureKeyVaultSettings {
  /** Our name for the key. */
  readonly id: string;
  /** The RSA key with its version: `https://<vault>.vault.azure.net/keys/<name>/<version>`. */
  readonly keyUrl: string;
  /** A random root key, wrapped by that RSA key with RSA-OAEP-256, as base64url. */
  readonly wrappedRootKey: string;
  readonly token: TokenSource;
  readonly timeoutMs: number;
}

const SERVICE = 'Azure Key Vault';
const API_VERSION = '7.4';

/**
 * A root key that Azure Key Vault unwraps once, at the start. Its keys are RSA: they bind no associated data, and whoever knows
 * the public half can wrap a key of his own. So they protect one root key that stands in the settings, and that key wraps the
 * tenant keys here, by authenticated encryption.
 * @throws WrapRefused, RootKeyUnavailable, InvalidRootKey
 * @source Microsoft's Key Vault REST reference, "Unwrap Key", 7.4
 */
export const azureKeyVaultRootKey = async (settings: AzureKeyVaultSettings): Promise<WrappingKey> => {
  const { id, keyUrl, wrappedRootKey, token, timeoutMs } = settings;
  const answer = await askKms({
    method: 'POST',
    url: `${keyUrl}/unwrapkey?api-version=${API_VERSION}`,
    headers: { authorization: `Bearer ${(await token()).reveal()}` },
    body: JSON.stringify({ alg: 'RSA-OAEP-256', value: wrappedRootKey }),
    timeoutMs,
    service: SERVICE,
    isRefusal: (status) => status === 400,
  });
  const bytes = Buffer.from(textAt(answer, ['value'], SERVICE), 'base64url');
  return localWrappingKey(id, rootKeyFromBytes(bytes, SERVICE));
};

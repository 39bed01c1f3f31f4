import { wrapBinding } from '../../crypto/wrap.ts';
import type { WrappingKey } from '../../ports/root-key.ts';
import { askKms, type TokenSource, textAt } from './kms-call.ts';

export interface TransitSettings {
  /** Our name for the key. */
  readonly id: string;
  /** E.g. `https://bao.internal:8200`. */
  readonly address: string;
  /** Where the transit engine is mounted. */
  readonly mount: string;
  /** The key's name there; its type must be `aes256-gcm96`, which authenticates associated data. */
  readonly keyName: string;
  readonly token: TokenSource;
  readonly namespace?: string;
  readonly timeoutMs: number;
}

const SERVICE = 'The transit engine';

/**
 * A root key in the transit engine of OpenBao or HashiCorp Vault. The key never leaves it.
 * @source OpenBao's HTTP API reference, "Transit secrets engine": encrypt and decrypt data
 */
export const transitRootKey = (settings: TransitSettings): WrappingKey => {
  const ask = async (operation: 'encrypt' | 'decrypt', body: Readonly<Record<string, string>>): Promise<unknown> => {
    const { address, mount, keyName, token, namespace, timeoutMs } = settings;
    return askKms({
      method: 'POST',
      url: `${address}/v1/${mount}/${operation}/${encodeURIComponent(keyName)}`,
      headers: {
        'x-vault-token': (await token()).reveal(),
        ...(namespace === undefined ? {} : { 'x-vault-namespace': namespace }),
      },
      body: JSON.stringify(body),
      timeoutMs,
      service: SERVICE,
      isRefusal: (status) => operation === 'decrypt' && status === 400,
    });
  };
  return {
    id: settings.id,
    wrap: async (key, context) => {
      const answer = await ask('encrypt', {
        plaintext: Buffer.from(key).toString('base64'),
        associated_data: wrapBinding(context).toString('base64'),
      });
      return Buffer.from(textAt(answer, ['data', 'ciphertext'], SERVICE), 'utf8');
    },
    unwrap: async (wrapped, context) => {
      const answer = await ask('decrypt', {
        ciphertext: Buffer.from(wrapped).toString('utf8'),
        associated_data: wrapBinding(context).toString('base64'),
      });
      return Buffer.from(textAt(answer, ['data', 'plaintext'], SERVICE), 'base64');
    },
  };
};

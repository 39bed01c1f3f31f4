import { wrapBinding } from '../../crypto/wrap.ts';
import type { WrappingKey } from '../../ports/root-key.ts';
import { askKms, findText, type TokenSource, textAt } from './kms-call.ts';

export interface GoogleCloudKmsSettings {
  /** Our name for the key. */
  readonly id: string;
  /** `projects/…/locations/…/keyRings/…/cryptoKeys/…`, a symmetric key. */
  readonly keyName: string;
  /** Default `https://cloudkms.googleapis.com`. */
  readonly endpoint?: string;
  readonly token: TokenSource;
  readonly timeoutMs: number;
}

const SERVICE = 'Google Cloud KMS';

/**
 * A root key in Google Cloud KMS. The key never leaves it.
 * @source Google's Cloud KMS REST reference, `cryptoKeys.encrypt` and `cryptoKeys.decrypt`, v1
 */
export const googleCloudKmsRootKey = (settings: GoogleCloudKmsSettings): WrappingKey => {
  const { id, keyName, endpoint = 'https://cloudkms.googleapis.com', token, timeoutMs } = settings;
  const ask = async (operation: 'encrypt' | 'decrypt', body: Readonly<Record<string, string>>): Promise<unknown> =>
    askKms({
      method: 'POST',
      url: `${endpoint}/v1/${keyName}:${operation}`,
      headers: { authorization: `Bearer ${(await token()).reveal()}` },
      body: JSON.stringify(body),
      timeoutMs,
      service: SERVICE,
      // A key that is disabled gives status 400 too, with another word.
      isRefusal: (status, answer) =>
        operation === 'decrypt' && status === 400 && findText(answer, ['error', 'status']) === 'INVALID_ARGUMENT',
    });
  return {
    id,
    wrap: async (key, context) => {
      const answer = await ask('encrypt', {
        plaintext: Buffer.from(key).toString('base64'),
        additionalAuthenticatedData: wrapBinding(context).toString('base64'),
      });
      return Buffer.from(textAt(answer, ['ciphertext'], SERVICE), 'base64');
    },
    unwrap: async (wrapped, context) => {
      const answer = await ask('decrypt', {
        ciphertext: Buffer.from(wrapped).toString('base64'),
        additionalAuthenticatedData: wrapBinding(context).toString('base64'),
      });
      return Buffer.from(textAt(answer, ['plaintext'], SERVICE), 'base64');
    },
  };
};

import type { Clock } from '@portolan/service-kit';
import type { WrapContext, WrappingKey } from '../../ports/root-key.ts';
import { type AwsCredentials, signAws } from './aws-signature.ts';
import { askKms, findText, textAt } from './kms-call.ts';

export interface AwsKmsSettings {
  /** Our name for the key. */
  readonly id: string;
  /** The ARN, or the id in this region, of a symmetric key. */
  readonly keyId: string;
  readonly region: string;
  /** Default: the region's public endpoint. */
  readonly endpoint?: string;
  readonly credentials: () => Promise<AwsCredentials>;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

const SERVICE = 'AWS KMS';

/** KMS answers every refusal with status 400; these two are about the ciphertext, the others about us or the key. */
const REFUSALS = /(^|#)(InvalidCiphertextException|IncorrectKeyException)$/;

const encryptionContext = ({
  organizationId,
  tenantKeyId,
  version,
}: WrapContext): Readonly<Record<string, string>> => ({
  purpose: 'tenant-key/v1',
  organization: organizationId,
  key: tenantKeyId,
  version: String(version),
});

/**
 * A root key in AWS KMS. The key never leaves it. The encryption context, which is authenticated, is also what its own audit
 * shows of each call.
 * @source AWS KMS API reference, "Encrypt" and "Decrypt"
 */
export const awsKmsRootKey = (settings: AwsKmsSettings): WrappingKey => {
  const {
    id,
    keyId,
    region,
    endpoint = `https://kms.${region}.amazonaws.com`,
    credentials,
    timeoutMs,
    clock,
  } = settings;
  const ask = async (operation: 'Encrypt' | 'Decrypt', fields: Readonly<Record<string, unknown>>): Promise<unknown> => {
    const url = `${endpoint}/`;
    const body = JSON.stringify({ KeyId: keyId, ...fields });
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `TrentService.${operation}` };
    const request = { method: 'POST', url, headers, body } as const;
    const signature = signAws(request, await credentials(), { region, service: 'kms', nowMs: clock.wallMs() });
    return askKms({
      ...request,
      headers: { ...headers, ...signature },
      timeoutMs,
      service: SERVICE,
      isRefusal: (_, answer) => operation === 'Decrypt' && REFUSALS.test(findText(answer, ['__type']) ?? ''),
    });
  };
  return {
    id,
    wrap: async (key, context) => {
      const answer = await ask('Encrypt', {
        Plaintext: Buffer.from(key).toString('base64'),
        EncryptionContext: encryptionContext(context),
      });
      return Buffer.from(textAt(answer, ['CiphertextBlob'], SERVICE), 'base64');
    },
    unwrap: async (wrapped, context) => {
      const answer = await ask('Decrypt', {
        CiphertextBlob: Buffer.from(wrapped).toString('base64'),
        EncryptionContext: encryptionContext(context),
      });
      return Buffer.from(textAt(answer, ['Plaintext'], SERVICE), 'base64');
    },
  };
};

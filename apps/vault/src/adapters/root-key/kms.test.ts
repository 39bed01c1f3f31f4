import {
  constants,
  createCipheriv,
  createDecipheriv,
  generateKeyPairSync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
} from 'node:crypto';
import { inspect } from 'node:util';
import { Secret } from '@portolan/service-kit';
import { afterEach, describe, expect, test } from 'vitest';
import { InvalidRootKey, RootKeyUnavailable, type WrappingKey, WrapRefused } from '../../ports/root-key.ts';
import { type KmsAnswer, type KmsRequest, type KmsStandIn, startKmsStandIn } from '../../testing/kms-stand-in.ts';
import { manualClock } from '../../testing/samples.ts';
import { awsKmsRootKey } from './aws-kms.ts';
import { signAws } from './aws-signature.ts';
import { azureKeyVaultRootKey } from './azure-key-vault.ts';
import { googleCloudKmsRootKey } from './google-cloud-kms.ts';
import { transitRootKey } from './transit.ts';

/*
 * None of these tests speaks to a real KMS. Each stand-in follows the service's published reference for the two calls in use,
 * with real cryptography behind them.
 */

const CONTEXT = { organizationId: 'o', tenantKeyId: 't', version: 1 };
const TOKEN = 'canary-token';
const token = async () => new Secret(TOKEN);
const timeoutMs = 2000;

let standIn: KmsStandIn | undefined;
afterEach(async () => {
  await standIn?.close();
  standIn = undefined;
});

const start = async (answer: (request: KmsRequest) => KmsAnswer | undefined): Promise<KmsStandIn> => {
  standIn = await startKmsStandIn(answer);
  return standIn;
};

/** AES-256-GCM with associated data, as both symmetric services have inside. */
const aesKms = () => {
  const key = randomBytes(32);
  return {
    encrypt: (plain: Buffer, bound: Buffer): Buffer => {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound);
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    decrypt: (bytes: Buffer, bound: Buffer): Buffer | undefined => {
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12)).setAAD(bound);
      decipher.setAuthTag(bytes.subarray(-16));
      try {
        return Buffer.concat([decipher.update(bytes.subarray(12, -16)), decipher.final()]);
      } catch {
        return undefined;
      }
    },
  };
};

const bytesOf = (body: Readonly<Record<string, string>>, name: string): Buffer =>
  Buffer.from(body[name] ?? '', 'base64');

/** Stand-in for the transit engine of OpenBao and HashiCorp Vault. */
const transitAnswers = () => {
  const kms = aesKms();
  return ({ path, headers, body }: KmsRequest): KmsAnswer => {
    if (headers['x-vault-token'] !== TOKEN) return { status: 403, body: { errors: ['permission denied'] } };
    const bound = bytesOf(body, 'associated_data');
    if (path === '/v1/transit/encrypt/portolan') {
      const ciphertext = `vault:v1:${kms.encrypt(bytesOf(body, 'plaintext'), bound).toString('base64')}`;
      return { status: 200, body: { data: { ciphertext, key_version: 1 } } };
    }
    if (path !== '/v1/transit/decrypt/portolan') return { status: 404, body: { errors: [] } };
    const plain = kms.decrypt(Buffer.from(body.ciphertext?.split(':')[2] ?? '', 'base64'), bound);
    if (plain === undefined) return { status: 400, body: { errors: ['cipher: message authentication failed'] } };
    return { status: 200, body: { data: { plaintext: plain.toString('base64') } } };
  };
};

/** Stand-in for Google Cloud KMS. */
const NAME = 'projects/p/locations/eu/keyRings/r/cryptoKeys/k';
const googleAnswers = () => {
  const kms = aesKms();
  return ({ path, headers, body }: KmsRequest): KmsAnswer => {
    if (headers.authorization !== `Bearer ${TOKEN}`)
      return { status: 401, body: { error: { status: 'UNAUTHENTICATED' } } };
    const bound = bytesOf(body, 'additionalAuthenticatedData');
    if (path === `/v1/${NAME}:encrypt`) {
      return {
        status: 200,
        body: {
          name: `${NAME}/cryptoKeyVersions/1`,
          ciphertext: kms.encrypt(bytesOf(body, 'plaintext'), bound).toString('base64'),
        },
      };
    }
    if (path !== `/v1/${NAME}:decrypt`) return { status: 404, body: { error: { status: 'NOT_FOUND' } } };
    const plain = kms.decrypt(bytesOf(body, 'ciphertext'), bound);
    if (plain === undefined) return { status: 400, body: { error: { status: 'INVALID_ARGUMENT' } } };
    return { status: 200, body: { plaintext: plain.toString('base64') } };
  };
};

/** Stand-in for AWS KMS; it checks the signature with the secret that the right caller has. */
const AWS_SECRET = 'canary-right-secret';
const AWS_NOW_MS = Date.UTC(2026, 10, 24, 12);
const awsAnswers = () => {
  const kms = aesKms();
  return ({ headers, body, text }: KmsRequest): KmsAnswer => {
    const target = String(headers['x-amz-target']);
    const expected = signAws(
      {
        method: 'POST',
        url: `http://${headers.host}/`,
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
        body: text,
      },
      { accessKeyId: 'AKID', secretAccessKey: new Secret(AWS_SECRET) },
      { region: 'eu-central-1', service: 'kms', nowMs: AWS_NOW_MS },
    );
    if (headers.authorization !== expected.authorization || body.KeyId !== 'key-1') {
      return { status: 400, body: { __type: 'AccessDeniedException' } };
    }
    const bound = Buffer.from(JSON.stringify(body.EncryptionContext));
    if (target === 'TrentService.Encrypt') {
      return {
        status: 200,
        body: { CiphertextBlob: kms.encrypt(bytesOf(body, 'Plaintext'), bound).toString('base64') },
      };
    }
    const plain = kms.decrypt(bytesOf(body, 'CiphertextBlob'), bound);
    if (plain === undefined) return { status: 400, body: { __type: 'InvalidCiphertextException' } };
    return { status: 200, body: { Plaintext: plain.toString('base64'), KeyId: 'key-1' } };
  };
};

const ADAPTERS: readonly {
  readonly name: string;
  readonly answers: () => (request: KmsRequest) => KmsAnswer;
  readonly make: (url: string, askToken?: () => Promise<Secret>, limitMs?: number) => WrappingKey;
}[] = [
  {
    name: 'transit engine (stand-in)',
    answers: transitAnswers,
    make: (address, askToken = token, limitMs = timeoutMs) =>
      transitRootKey({
        id: 'bao',
        address,
        mount: 'transit',
        keyName: 'portolan',
        token: askToken,
        timeoutMs: limitMs,
      }),
  },
  {
    name: 'Google Cloud KMS (stand-in)',
    answers: googleAnswers,
    make: (endpoint, askToken = token, limitMs = timeoutMs) =>
      googleCloudKmsRootKey({ id: 'gcp', keyName: NAME, endpoint, token: askToken, timeoutMs: limitMs }),
  },
  {
    name: 'AWS KMS (stand-in)',
    answers: awsAnswers,
    make: (endpoint, askToken = async () => new Secret(AWS_SECRET), limitMs = timeoutMs) =>
      awsKmsRootKey({
        id: 'aws',
        keyId: 'key-1',
        region: 'eu-central-1',
        endpoint,
        credentials: async () => ({ accessKeyId: 'AKID', secretAccessKey: await askToken() }),
        timeoutMs: limitMs,
        clock: manualClock(AWS_NOW_MS),
      }),
  },
];

describe.each(ADAPTERS)('$name', ({ answers, make }) => {
  test('wraps and unwraps a tenant key, which never travels unwrapped in an answer of "wrap"', async () => {
    const { url } = await start(answers());
    const root = make(url);
    const key = randomBytes(32);
    const wrapped = await root.wrap(key, CONTEXT);
    expect(wrapped.includes(key)).toBe(false);
    expect(await root.unwrap(wrapped, CONTEXT)).toEqual(key);
  });

  test('a wrapped key does not open as that of another organisation', async () => {
    const { url } = await start(answers());
    const root = make(url);
    const wrapped = await root.wrap(randomBytes(32), CONTEXT);
    await expect(root.unwrap(wrapped, { ...CONTEXT, organizationId: 'o2' })).rejects.toThrow(WrapRefused);
  });

  test('a refused token means unavailable, and the token is not shown', async () => {
    const { url } = await start(answers());
    const root = make(url, async () => new Secret('canary-wrong'));
    const error = await root.wrap(randomBytes(32), CONTEXT).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(RootKeyUnavailable);
    expect(inspect(error, { depth: 9 })).not.toContain('canary');
  });

  test.each([
    ['an overload', { status: 503, body: {} }],
    [
      'a key that may not be used',
      { status: 400, body: { error: { status: 'FAILED_PRECONDITION' }, __type: 'DisabledException' } },
    ],
    ['a missing key', { status: 404, body: {} }],
    ['an answer without the key', { status: 200, body: { data: {} } }],
    ['an endless answer', { status: 200, body: 'x'.repeat(100_000) }],
    ['a redirect', { status: 302, body: {} }],
  ])('%s means unavailable', async (_, answer) => {
    const { url } = await start(() => answer);
    await expect(make(url).wrap(randomBytes(32), CONTEXT)).rejects.toThrow(RootKeyUnavailable);
  });

  test('an overload while unwrapping means unavailable, not that the key is wrong', async () => {
    const { url } = await start(() => ({ status: 503, body: {} }));
    await expect(make(url).unwrap(randomBytes(60), CONTEXT)).rejects.toThrow(RootKeyUnavailable);
  });

  test('an error is never shown with what the service quoted of the request', async () => {
    const { url } = await start(({ body }) => ({ status: 400, body: { errors: [body] } }));
    const key = randomBytes(32);
    const error = await make(url)
      .wrap(key, CONTEXT)
      .catch((thrown: unknown) => thrown);
    expect(inspect(error, { depth: 9 })).not.toContain(key.toString('base64'));
  });

  test('silence ends at the deadline, a closed port at once', async () => {
    const { url, close } = await start(() => undefined);
    await expect(make(url, undefined, 50).wrap(randomBytes(32), CONTEXT)).rejects.toThrow(RootKeyUnavailable);
    await close();
    standIn = undefined;
    await expect(make(url).wrap(randomBytes(32), CONTEXT)).rejects.toThrow(RootKeyUnavailable);
  });
});

describe('Azure Key Vault (stand-in)', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const oaep = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const wrapRoot = (bytes: Buffer): string =>
    publicEncrypt({ key: rsa.publicKey, ...oaep }, bytes).toString('base64url');

  const azureAnswers = ({ path, headers, body }: KmsRequest): KmsAnswer => {
    if (headers.authorization !== `Bearer ${TOKEN}`) return { status: 401, body: { error: { code: 'Unauthorized' } } };
    if (path !== '/keys/root/1/unwrapkey?api-version=7.4' || body.alg !== 'RSA-OAEP-256') {
      return { status: 404, body: { error: { code: 'KeyNotFound' } } };
    }
    try {
      const value = privateDecrypt({ key: rsa.privateKey, ...oaep }, Buffer.from(body.value ?? '', 'base64url'));
      return {
        status: 200,
        body: { kid: 'https://v.vault.azure.net/keys/root/1', value: value.toString('base64url') },
      };
    } catch {
      return { status: 400, body: { error: { code: 'BadParameter' } } };
    }
  };
  const load = (url: string, wrappedRootKey: string): Promise<WrappingKey> =>
    azureKeyVaultRootKey({ id: 'az', keyUrl: `${url}/keys/root/1`, wrappedRootKey, token, timeoutMs });

  test('unwraps the root key once; wrapping tenant keys asks nobody', async () => {
    const { url, requests } = await start(azureAnswers);
    const root = await load(url, wrapRoot(randomBytes(32)));
    const key = randomBytes(32);
    expect(await root.unwrap(await root.wrap(key, CONTEXT), CONTEXT)).toEqual(key);
    expect(requests).toHaveLength(1);
  });

  test('two starts with the same settings open what the other wrapped', async () => {
    const { url } = await start(azureAnswers);
    const wrappedRootKey = wrapRoot(randomBytes(32));
    const [one, two] = [await load(url, wrappedRootKey), await load(url, wrappedRootKey)];
    await expect(two.unwrap(await one.wrap(randomBytes(32), CONTEXT), CONTEXT)).resolves.toHaveLength(32);
  });

  test('a wrapped root key that is not theirs, or weak, is refused', async () => {
    const { url } = await start(azureAnswers);
    await expect(load(url, randomBytes(256).toString('base64url'))).rejects.toThrow(WrapRefused);
    await expect(load(url, wrapRoot(Buffer.alloc(32)))).rejects.toThrow(InvalidRootKey);
  });
});

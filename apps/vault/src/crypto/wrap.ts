import type { KeyObject } from 'node:crypto';
import { decodeBase64url, decrypt, encrypt, joinParts, KEY_BYTES, NONCE_BYTES } from '@portolan/sealing';
import { type RootKey, RootKeyUnknown, type WrapContext, type WrappingKey, WrapRefused } from '../ports/root-key.ts';

const FORMAT = 'w1';

/** What a wrapped tenant key is bound to, as bytes. */
export const wrapBinding = ({ organizationId, tenantKeyId, version }: WrapContext): Buffer =>
  joinParts(['tenant-key/v1', organizationId, tenantKeyId, version]);

/** A root key whose bytes are in this process: AES-256-GCM, `<nonce><ciphertext+tag>`. */
export const localWrappingKey = (id: string, key: KeyObject): WrappingKey => ({
  id,
  wrap: async (tenantKey, context) => {
    const { nonce, sealed } = encrypt(key, tenantKey, wrapBinding(context));
    return Buffer.concat([nonce, sealed]);
  },
  unwrap: async (wrapped, context) => {
    const bytes = Buffer.from(wrapped);
    const sealed = { nonce: bytes.subarray(0, NONCE_BYTES), sealed: bytes.subarray(NONCE_BYTES) };
    const tenantKey = decrypt(key, sealed, wrapBinding(context));
    if (tenantKey === undefined) throw new WrapRefused(`The root key "${id}" does not open this tenant key.`);
    return tenantKey;
  },
});

/** The id of the root key that a wrapped tenant key names. @throws WrapRefused */
export const rootKeyIdOf = (wrapped: string): string => parseWrapped(wrapped).rootKeyId;

const parseWrapped = (text: string): { readonly rootKeyId: string; readonly bytes: Buffer } => {
  const [format, rootKeyId = '', body = '', ...rest] = text.split('.');
  const bytes = decodeBase64url(body);
  if (format !== FORMAT || rootKeyId === '' || bytes === undefined || rest.length > 0) {
    throw new WrapRefused('The stored tenant key is not a wrapped key.');
  }
  return { rootKeyId, bytes };
};

/** A tenant key as the text that is stored: `w1.<root key id>.<wrapped>`. */
export const wrapTenantKey = async (root: RootKey, key: Uint8Array, context: WrapContext): Promise<string> =>
  [FORMAT, root.current.id, (await root.current.wrap(key, context)).toString('base64url')].join('.');

/**
 * A tenant key's bytes, with the root key that it names. Whoever receives them zeroes them.
 * @throws WrapRefused, RootKeyUnavailable
 */
export const unwrapTenantKey = async (root: RootKey, wrapped: string, context: WrapContext): Promise<Buffer> => {
  const { rootKeyId, bytes } = parseWrapped(wrapped);
  const holder = [root.current, root.previous].find((key) => key?.id === rootKeyId);
  if (holder === undefined) throw new RootKeyUnknown(rootKeyId);
  const key = await holder.unwrap(bytes, context);
  if (key.length === KEY_BYTES) return key;
  key.fill(0);
  throw new WrapRefused(`The root key "${rootKeyId}" opened something that is not a tenant key.`);
};

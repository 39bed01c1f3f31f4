/** Which tenant key a wrapped key is. It is authenticated with the wrapping, so a wrapped key opens as itself only. */
export interface WrapContext {
  readonly organizationId: string;
  readonly tenantKeyId: string;
  readonly version: number;
}

/**
 * One root key: it wraps tenant keys and nothing else. It may be bytes in this process or a key that never leaves a KMS.
 */
export interface WrappingKey {
  /** The operator's name for the key, `[A-Za-z0-9_-]{1,64}`; it stands in everything the key wraps. */
  readonly id: string;
  /**
   * @param key stays as it is; its owner zeroes it
   * @throws RootKeyUnavailable when the key cannot be asked
   */
  wrap(key: Uint8Array, context: WrapContext): Promise<Buffer>;
  /**
   * The key again; whoever receives it zeroes it.
   * @throws WrapRefused         when this root key, these bytes and this context do not belong together
   * @throws RootKeyUnavailable  when the key cannot be asked
   */
  unwrap(wrapped: Uint8Array, context: WrapContext): Promise<Buffer>;
}

/** The keys that are alive: the current one wraps, the previous one still unwraps while a rotation runs. */
export interface RootKey {
  readonly current: WrappingKey;
  readonly previous: WrappingKey | undefined;
}

/** A wrapped tenant key that does not open. */
export class WrapRefused extends Error {
  override readonly name = 'WrapRefused';
}

/** A wrapped tenant key that names a root key which is not loaded. */
export class RootKeyUnknown extends WrapRefused {
  constructor(rootKeyId: string) {
    super(`No root key "${rootKeyId}" is loaded.`);
  }
}

/** The root key cannot be reached, or may not be used, at the moment. */
export class RootKeyUnavailable extends Error {
  override readonly name = 'RootKeyUnavailable';
}

/** The root key's settings are unusable. The message says what to change and never shows the key. */
export class InvalidRootKey extends Error {
  override readonly name = 'InvalidRootKey';
}

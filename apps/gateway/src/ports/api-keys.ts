/** Who calls: what an API key stands for. */
export interface ApiKey {
  /** Never the key itself. */
  readonly id: string;
  /** Config slug used when a call names none. */
  readonly defaultConfig: string | undefined;
  /** False: a call may not bring its own config when the key has one. */
  readonly allowConfigOverride: boolean;
  /** Added to every call's metadata, and stronger than it. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** Knows the API keys. Answers from memory: it is asked on every call. */
export interface ApiKeys {
  /** The key's record, or undefined for a key that nobody issued. */
  find(key: string): ApiKey | undefined;
  /** True once there is something to answer from. */
  readonly ready: boolean;
}

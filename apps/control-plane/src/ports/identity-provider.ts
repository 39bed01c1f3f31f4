/** What has to be remembered while somebody is away to sign in. */
export interface SignInSecrets {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Who somebody is, in the words of the identity provider. */
export interface Identity {
  readonly issuer: string;
  /** Never changes, unlike the address. */
  readonly subject: string;
  /** In small letters; null when the provider tells none. */
  readonly email: string | null;
  /** Whether the provider vouches for the address. Without that it says nothing about who somebody is. */
  readonly isEmailVerified: boolean;
  readonly firstName: string;
  readonly lastName: string;
}

/** Where people of this deployment sign in. Every call has a deadline. */
export interface IdentityProvider {
  /** Where to send a browser. @throws PlatformError `connection_error` */
  begin(redirectUri: string): Promise<SignInSecrets & { readonly url: string }>;
  /**
   * Who came back.
   * @param returned  the redirect URI with the query that the browser brought
   * @throws PlatformError  401 for an answer that proves nothing, `connection_error` when the provider does not answer
   */
  finish(returned: URL, secrets: SignInSecrets): Promise<Identity>;
}

import { createHmac, createSecretKey } from 'node:crypto';
import { openText, type SealedPlace, type SealingKey, sealText } from '@portolan/sealing';
import * as z from 'zod';
import type { SignInSecrets } from '../ports/identity-provider.ts';

const PLACE: SealedPlace = { purpose: 'sign-in/v1', ids: [] };

const secrets = z.object({ nonce: z.string(), codeVerifier: z.string() });

/** The browser alone has the state: what is stored of it is a digest, which this key does not follow from. */
const keyOf = (state: string): SealingKey => ({
  id: 'state',
  key: createSecretKey(createHmac('sha256', state).update('sign-in').digest()),
});

/** What proves to the identity provider that we began a sign-in, as text that opens nothing without the browser that was sent away. */
export const sealSignIn = ({ state, nonce, codeVerifier }: SignInSecrets): string =>
  sealText(JSON.stringify({ nonce, codeVerifier }), keyOf(state), PLACE);

/** @throws UnreadableText when it was changed */
export const openSignIn = (sealed: string, state: string): SignInSecrets => ({
  state,
  ...secrets.parse(JSON.parse(openText(sealed, keyOf(state), PLACE))),
});

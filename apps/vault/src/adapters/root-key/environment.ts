import type { Secret } from '@portolan/service-kit';
import { localWrappingKey } from '../../crypto/wrap.ts';
import { InvalidRootKey, type RootKey, type WrappingKey } from '../../ports/root-key.ts';
import { rootKeyFromText, rootKeyOf } from './key-material.ts';

export interface EnvironmentRootKeySettings {
  /** `<id>:<base64 of 32 bytes>`. */
  readonly current: Secret;
  /** The same, during a rotation only. */
  readonly previous?: Secret;
}

const readKey = (value: Secret, where: string): WrappingKey => {
  const text = value.reveal();
  const colon = text.indexOf(':');
  if (colon < 0) throw new InvalidRootKey(`${where}: must be "<id>:<base64 of 32 bytes>".`);
  return localWrappingKey(text.slice(0, colon), rootKeyFromText(text.slice(colon + 1), where));
};

/**
 * The root key from two values of the environment. A file is better where there is a choice: the environment of a process is
 * inherited by its children and readable under /proc.
 * @throws InvalidRootKey
 */
export const environmentRootKey = ({ current, previous }: EnvironmentRootKeySettings): RootKey =>
  rootKeyOf(
    readKey(current, 'the current root key'),
    previous && readKey(previous, 'the previous root key'),
    'the root keys in the environment',
  );

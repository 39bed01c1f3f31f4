import { createSecretKey, randomBytes } from 'node:crypto';
import { localWrappingKey } from '../crypto/wrap.ts';
import type { RootKey, WrappingKey } from '../ports/root-key.ts';

export const randomRootKey = (id: string): WrappingKey => localWrappingKey(id, createSecretKey(randomBytes(32)));

export const onlyRoot = (current: WrappingKey): RootKey => ({ current, previous: undefined });

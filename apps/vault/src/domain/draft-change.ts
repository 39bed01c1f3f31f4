import type { StoredCredential } from '../ports/credentials.ts';
import { type CredentialDraft, draftCredential, fieldsByName, InvalidCredential } from './credential.ts';

/** What an owner wants to change. */
export interface CredentialPatch {
  /** New values by name; null clears a setting, one that is not named stays. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Undefined keeps them. */
  readonly extraHosts: readonly string[] | undefined;
}

/** A change, taken apart. */
export interface ChangeDraft extends CredentialDraft {
  /** Secrets that go. Those that are neither here nor in `secrets` stay. */
  readonly clearedSecrets: readonly string[];
}

type Stored = Pick<StoredCredential, 'provider' | 'settings' | 'extraHosts'>;

/**
 * A credential's settings with a change made to them, checked as a whole.
 * @throws InvalidCredential
 */
export const draftChange = ({ provider, settings, extraHosts }: Stored, patch: CredentialPatch): ChangeDraft => {
  const byName = fieldsByName(provider);
  const isCleared = ([name, value]: readonly [string, unknown]): boolean => value === null && byName.has(name);
  const entries = Object.entries(patch.settings);
  const named = new Set(entries.map(([name]) => byName.get(name)?.name));
  const kept = Object.entries(settings).filter(([name]) => !named.has(name));
  // A null under an unknown name is a mistake like any other value there.
  const given = entries.filter((entry) => !isCleared(entry)).map(([name, value]) => [name, value ?? false]);
  const draft = draftCredential({
    provider,
    settings: Object.fromEntries([...kept, ...given]),
    extraHosts: patch.extraHosts ?? extraHosts,
  });
  const clearedSecrets = entries.filter(isCleared).flatMap(([name]) => {
    const field = byName.get(name);
    return field?.isSecret === true ? [field.name] : [];
  });
  return { ...draft, clearedSecrets };
};

/**
 * New secrets for a credential; nothing else may be among them.
 * @throws InvalidCredential
 */
export const draftSecrets = (stored: Stored, settings: Readonly<Record<string, unknown>>): ChangeDraft => {
  const byName = fieldsByName(stored.provider);
  const misplaced = Object.keys(settings).flatMap((name) => {
    const field = byName.get(name);
    return field !== undefined && !field.isSecret ? [`"${field.name}" is no secret; an update changes it.`] : [];
  });
  if (misplaced.length > 0) throw new InvalidCredential(misplaced);
  const draft = draftChange(stored, { settings, extraHosts: undefined });
  if (draft.secrets.length === 0) throw new InvalidCredential(['A rotation needs a new secret.']);
  return draft;
};

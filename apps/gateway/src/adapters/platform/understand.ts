import {
  type Config,
  PromptKind,
  type VirtualKey as StoredKey,
  type PromptVersion as StoredVersion,
  VirtualKeyStatus,
} from '@portolan/proto';
import { PlatformError } from '@portolan/service-kit';
import { type ConfigReader, invalidConfig } from '../../config-reader.ts';
import type { SavedConfig } from '../../ports/configs.ts';
import type { VirtualKey } from '../../ports/virtual-keys.ts';
import type { SavedPrompt } from '../../ports/workspace.ts';

/** Turns what the control plane sends into what calls work with, each thing once, when it is first asked for. */
export interface Understand {
  /** @throws PlatformError (400) for a config that this gateway cannot follow, the same each time */
  config(config: Config): SavedConfig;
  virtualKey(virtualKey: StoredKey): VirtualKey;
  promptVersion(prompt: { readonly id: string; readonly slug: string }, version: StoredVersion): SavedPrompt;
}

/** @param onUnreadable  hears of each config that cannot be followed, once */
export const createUnderstanding = (
  readConfig: ConfigReader,
  onUnreadable: (slug: string, problem: PlatformError) => void,
): Understand => {
  const configs = new WeakMap<Config, SavedConfig | PlatformError>();
  const virtualKeys = new WeakMap<StoredKey, VirtualKey>();
  const prompts = new WeakMap<StoredVersion, SavedPrompt>();

  const read = ({ slug, versionId: version, configJson }: Config): SavedConfig | PlatformError => {
    try {
      return { slug, version, route: readConfig(JSON.parse(configJson), 'saved') };
    } catch (error) {
      const problem = error instanceof PlatformError ? error : invalidConfig('The saved config is not valid JSON');
      onUnreadable(slug, problem);
      return problem;
    }
  };

  return {
    config(config) {
      let known = configs.get(config);
      if (known === undefined) {
        known = read(config);
        configs.set(config, known);
      }
      if (known instanceof PlatformError) throw known;
      return known;
    },
    virtualKey(stored) {
      const known = virtualKeys.get(stored);
      if (known !== undefined) return known;
      const made = toVirtualKey(stored);
      virtualKeys.set(stored, made);
      return made;
    },
    promptVersion(prompt, version) {
      const known = prompts.get(version);
      if (known !== undefined) return known;
      const made = toSavedPrompt(prompt, version);
      prompts.set(version, made);
      return made;
    },
  };
};

const STATUSES: Readonly<Record<number, VirtualKey['status']>> = {
  [VirtualKeyStatus.VIRTUAL_KEY_STATUS_EXHAUSTED]: 'exhausted',
  [VirtualKeyStatus.VIRTUAL_KEY_STATUS_EXPIRED]: 'expired',
};

const toVirtualKey = (stored: StoredKey): VirtualKey => ({
  id: stored.id,
  slug: stored.slug,
  provider: stored.provider,
  organizationId: stored.organizationId,
  workspaceId: stored.workspaceId,
  credentialId: stored.credentialId,
  status: STATUSES[stored.status] ?? 'active',
  expiresAtMs: stored.expireTime?.getTime(),
  models: stored.allowAllModels
    ? undefined
    : new Map(stored.models.map(({ slug, customHost }) => [slug, customHost === '' ? undefined : customHost])),
  deniedModels: new Set(stored.deniedModels),
});

const toSavedPrompt = (
  prompt: { readonly id: string; readonly slug: string },
  version: StoredVersion,
): SavedPrompt => ({
  virtualKey: version.virtualKeySlug === '' ? undefined : version.virtualKeySlug,
  version: {
    promptId: prompt.id,
    versionId: version.id,
    slug: prompt.slug,
    template: version.template,
    kind: version.kind === PromptKind.PROMPT_KIND_TEXT ? 'text' : 'chat',
    parameters: parsedObject(version.parametersJson),
    model: version.model === '' ? undefined : version.model,
    tools: parsed(version.toolsJson),
    functions: parsed(version.functionsJson),
    toolChoice: parsed(version.toolChoiceJson),
    azureAlias: version.modelAlias === '' ? undefined : version.modelAlias,
  },
});

const parsed = (json: string): unknown => (json === '' ? undefined : JSON.parse(json));

const parsedObject = (json: string): Readonly<Record<string, unknown>> => {
  const value = parsed(json);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
};

import type { Kind } from '../manifest/kinds.ts';
import type { KindAdapter } from './adapter.ts';
import { apiKeys } from './api-key.ts';
import { collections } from './collection.ts';
import { configs } from './config.ts';
import { guardrails } from './guardrail.ts';
import { labels } from './label.ts';
import { partials } from './partial.ts';
import { prompts } from './prompt.ts';
import { virtualKeys } from './virtual-key.ts';
import { workspaces } from './workspace.ts';

/** How each kind is read and written. */
export const ADAPTERS: Readonly<Record<Kind, KindAdapter>> = {
  Workspace: workspaces,
  Label: labels,
  Collection: collections,
  VirtualKey: virtualKeys,
  Guardrail: guardrails,
  Partial: partials,
  Prompt: prompts,
  Config: configs,
  ApiKey: apiKeys,
};

import type { PromptReference, PromptVersion } from '@portolan/prompt-template';
import type { SavedConfig } from './configs.ts';
import type { VirtualKey } from './virtual-keys.ts';

/** One version of a saved prompt, with the virtual key it was saved for. */
export interface SavedPrompt {
  readonly version: PromptVersion;
  /** Slug of the virtual key to call with; undefined when none was saved. */
  readonly virtualKey: string | undefined;
}

/**
 * What the calls of one workspace may name, as of one moment: whoever keeps it sees every change whole or not at all.
 * Answers from memory, on every call.
 */
export interface Workspace {
  /** The active version. @throws PlatformError (400) for a config that is saved but that this gateway cannot follow */
  config(slug: string): SavedConfig | undefined;
  virtualKey(slug: string): VirtualKey | undefined;
  virtualKeys(): readonly VirtualKey[];
  prompt(reference: PromptReference): SavedPrompt | undefined;
  /** The text of a partial. */
  partial(reference: PromptReference): string | undefined;
  /**
   * The same workspace once everything that was saved before this question is known.
   * @param missed  what was looked for in vain: the same is not asked for again within seconds
   * @returns undefined when nothing newer is to be had
   * @throws PlatformError (503) when it cannot be known whether there is something newer
   */
  newer(missed: string): Promise<Workspace | undefined>;
  /** The same workspace after whatever was saved before this question is known, as far as anybody can be asked. Never rejects. */
  refreshed(): Promise<Workspace>;
}

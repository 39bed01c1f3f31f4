import type { ParamTable } from '../params.ts';
import type { GeminiModel } from './model.ts';

/** Where the services that speak Gemini's format differ from each other. */
export interface GeminiDialect {
  readonly params: ParamTable;
  /** Appended to the base URL. */
  path(model: GeminiModel, isStream: boolean): string;
  /** True when calls and their results carry ids (for models that know them). */
  readonly sendsCallIds: boolean;
  /** True when functions beside built-in tools must be asked for with a switch. */
  readonly asksForServerTools: boolean;
  /** Keys of tool objects in the provider's own form that are forwarded as they are. */
  readonly nativeTools: readonly string[];
  /** True when the service itself downloads an ordinary https address. */
  fetchesUrls(model: GeminiModel): boolean;
  /** The address of a file that was uploaded to the service. */
  fileUri(fileId: string): string;
}

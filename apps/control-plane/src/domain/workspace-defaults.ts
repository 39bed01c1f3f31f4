import * as z from 'zod';
import { metadataField, refField } from '../http/fields.ts';

const GUARDRAILS_MAX = 50;

const guardrailsField = () =>
  z
    .array(refField(), { error: 'must be an array of slugs' })
    .max(GUARDRAILS_MAX, `may hold at most ${GUARDRAILS_MAX} guardrails`)
    .transform((refs) => [...new Set(refs)]);

/** `defaults` of a workspace in a body. What is absent stays, null clears. */
export const workspaceDefaultsField = () =>
  z.strictObject({
    metadata: metadataField().nullish(),
    input_guardrails: guardrailsField().nullish(),
    output_guardrails: guardrailsField().nullish(),
    user_api_key_config: refField().nullish(),
  });

export type WorkspaceDefaultsInput = z.output<ReturnType<typeof workspaceDefaultsField>>;

/** The column `defaults`. Guardrails and the config stand there by their slugs. */
export const storedWorkspaceDefaults = z.object({
  metadata: z.record(z.string(), z.string()).optional(),
  input_guardrails: z.array(z.string()).optional(),
  output_guardrails: z.array(z.string()).optional(),
  user_api_key_config: z.string().optional(),
});

export type WorkspaceDefaults = z.output<typeof storedWorkspaceDefaults>;

const kept = <T>(given: T | null | undefined, before: T | undefined): T | undefined =>
  given === undefined ? before : (given ?? undefined);

/** The defaults after a change. @param given null clears all of them */
export const changedDefaults = (
  before: WorkspaceDefaults,
  given: WorkspaceDefaultsInput | null | undefined,
): WorkspaceDefaults => {
  if (given === undefined) return before;
  if (given === null) return {};
  const after = {
    metadata: kept(given.metadata, before.metadata),
    input_guardrails: kept(given.input_guardrails, before.input_guardrails),
    output_guardrails: kept(given.output_guardrails, before.output_guardrails),
    user_api_key_config: kept(given.user_api_key_config, before.user_api_key_config),
  };
  return storedWorkspaceDefaults.parse(after);
};

import { withTools } from '../chat/legacy-functions.ts';
import { applyParams } from '../params.ts';
import { UnsupportedValue } from '../spec/errors.ts';
import { type Json, type JsonObject, numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { Notice } from '../spec/provider.ts';
import { bodyBetas } from './auth.ts';
import { limitMarks } from './cache-marks.ts';
import { type Findings, noFindings, noteDropped } from './findings.ts';
import { given } from './given.ts';
import { toConversation } from './messages.ts';
import { type ClaudeModel, claudeModel } from './models.ts';
import { JSON_INSTRUCTION, outputFormat, withJsonTool } from './output-format.ts';
import { chatParams } from './params.ts';
import { isThinking, type Reasoning, toReasoning } from './thinking.ts';
import { toToolSet } from './tools.ts';
import { userMetadata } from './user.ts';

/** A body of the Messages API, and what goes beside it: in headers here, elsewhere on other clouds. */
export interface MessagesRequest {
  readonly body: JsonObject;
  /** Beta features, those the caller named in the body included. */
  readonly betas: readonly string[];
  /** The API version, if the body named one. */
  readonly version?: string;
  readonly notices: readonly Notice[];
}

export interface MessagesDialect {
  readonly strict: boolean;
  /** What a model can do, if not all of it: other clouds offer less of the same model. */
  readonly modelOf?: (id: string) => ClaudeModel;
}

/** Without a limit of the caller's, a plain answer is kept short enough to arrive within one request. */
const PLAIN_MAX_TOKENS = 16_384;

/**
 * A public chat body as a body of the Messages API.
 * @throws UnsupportedValue for several choices, and for content that the provider has no way to take
 */
export const toMessages = (caller: JsonObject, { strict, modelOf = claudeModel }: MessagesDialect): MessagesRequest => {
  const body = given(withTools(caller));
  if ((numberAt(body, 'n') ?? 1) > 1) throw new UnsupportedValue('only one choice can be asked for', 'n');
  const findings = noFindings();
  const { draft, notices } = applyParams(chatParams, body, 'drop');
  const model = modelOf(stringAt(body, 'model') ?? '');
  const limit = limitOf(body, model, findings);
  const maxTokens = typeof limit === 'number' ? limit : model.maxOutputTokens;

  const format = outputFormat(body, model);
  const own = toToolSet(body, model, findings);
  const { tools, choice } = format.kind === 'tool' ? withJsonTool(own, format.name, format.schema) : own;
  const forcedChoice = choice?.type === 'any' || choice?.type === 'tool';
  const reasoning = toReasoning(body, { model, maxTokens, forcedChoice, strict }, findings);

  const conversation = toConversation(body, findings);
  const instruction = format.kind === 'instructed' ? [{ type: 'text', text: JSON_INSTRUCTION }] : [];
  const prompt = limitMarks(
    { tools, system: [...conversation.system, ...instruction], messages: conversation.messages },
    draft.body.cache_control === undefined ? 0 : 1,
    findings,
  );

  const outputConfig = {
    ...(reasoning.effort === undefined ? {} : { effort: reasoning.effort }),
    ...(format.kind === 'schema' ? { format: { type: 'json_schema', schema: format.schema } } : {}),
    ...objectAt(body, 'output_config'),
  };
  return {
    body: {
      ...withSampling(draft.body, model, reasoning, findings),
      max_tokens: limit,
      ...userMetadata(body, findings),
      ...(prompt.system.length === 0 ? {} : { system: prompt.system }),
      messages: prompt.messages,
      ...(prompt.tools.length === 0 ? {} : { tools: prompt.tools }),
      ...(choice === undefined ? {} : { tool_choice: choice }),
      ...(reasoning.thinking === undefined ? {} : { thinking: reasoning.thinking }),
      ...(Object.keys(outputConfig).length === 0 ? {} : { output_config: outputConfig }),
    },
    betas: [...bodyBetas(body), ...findings.betas],
    version: stringAt(body, 'anthropic_version'),
    notices: [...notices, ...findings.notices],
  };
};

/** The limit as the caller gave it, or the one that is sent without it. */
const limitOf = (body: JsonObject, model: ClaudeModel, findings: Findings): Json => {
  const { max_completion_tokens: newer, max_tokens: older } = body;
  if (newer !== undefined && older !== undefined && newer !== older) {
    noteDropped(findings, 'max_tokens', 'max_completion_tokens counts before it');
  }
  const most = model.maxOutputTokens;
  return newer ?? older ?? (body.stream === true ? most : Math.min(most, PLAIN_MAX_TOKENS));
};

/** The parameters of sampling that may go along: none while thinking, few on models that choose for themselves. */
const withSampling = (
  drafted: JsonObject,
  model: ClaudeModel,
  reasoning: Reasoning,
  findings: Findings,
): JsonObject => {
  const { temperature, top_p, top_k, ...rest } = drafted;
  const refusal = (name: string): string | undefined => {
    if (isThinking(reasoning)) return 'not allowed while the model thinks';
    if (model.fixedSampling && !isHarmless(name, drafted)) return 'the model does not allow it';
    return name === 'top_p' && temperature !== undefined ? 'temperature counts before it' : undefined;
  };
  const kept = Object.entries({ temperature, top_p, top_k }).filter(([name, value]) => {
    const reason = value === undefined ? undefined : refusal(name);
    if (reason !== undefined) noteDropped(findings, name, reason);
    return value !== undefined && reason === undefined;
  });
  return { ...rest, ...Object.fromEntries(kept) };
};

/** Values that even a model with fixed sampling takes. */
const isHarmless = (name: string, { temperature, top_p }: JsonObject): boolean =>
  (name === 'temperature' && temperature === 1) || (name === 'top_p' && typeof top_p === 'number' && top_p >= 0.99);

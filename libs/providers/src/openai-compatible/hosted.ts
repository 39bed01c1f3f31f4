import { UnsupportedValue } from '../spec/errors.ts';
import type { JsonObject } from '../spec/json.ts';
import { numberAt, objectAt, stringAt } from '../spec/json.ts';
import type { Provider, TargetOptions } from '../spec/provider.ts';
import type { CompatibleProvider } from './descriptor.ts';
import { CHAT, COMPLETE, EMBED, openAiCompatible } from './index.ts';
import { effortNoneToHigh, enableThinkingToggle, moonshotEffort, thinkingBudget, thinkingToggle } from './reasoning.ts';
import { cacheCreationTokens, cachedTokensAt, reasoningMayExceedCompletion, totalIsPrompt } from './usage.ts';

type Quirks = Omit<CompatibleProvider, 'id' | 'baseUrl' | 'endpoints'>;
type Row = readonly [
  id: string,
  baseUrl: CompatibleProvider['baseUrl'],
  endpoints: 'c' | 'ct' | 'ce' | 'cte' | 'e',
  quirks?: Quirks,
];

const ENDPOINTS = {
  c: CHAT,
  ct: { ...CHAT, ...COMPLETE },
  ce: { ...CHAT, ...EMBED },
  cte: { ...CHAT, ...COMPLETE, ...EMBED },
  e: EMBED,
} as const;

/** A setting that becomes part of a host or path, and so may hold nothing but plain characters. */
const part = (options: TargetOptions, setting: string): string => {
  const value = options.settings[setting] ?? '';
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/.test(value)) return value;
  throw new UnsupportedValue(`${setting} is missing or malformed`, setting, 'invalid_setting');
};

const bytePlusHost = ({ settings, ...rest }: TargetOptions): string =>
  `https://ark.${settings.byteplus_region ? part({ settings, ...rest }, 'byteplus_region') : 'ap-southeast'}.bytepluses.com/api/v3`;

const workersAiHost = (options: TargetOptions): string =>
  `https://api.cloudflare.com/client/v4/accounts/${part(options, 'workers_ai_account_id')}/ai/v1`;

const cortexHost = (options: TargetOptions): string =>
  `https://${part(options, 'snowflake_account')}.snowflakecomputing.com/api/v2/cortex/v1`;

/** MiniMax reports some failures in an answer of status 200. */
const miniMaxFailure = (answer: JsonObject): string | undefined => {
  const status = objectAt(answer, 'base_resp');
  const code = numberAt(status, 'status_code') ?? 0;
  return code === 0 ? undefined : `${stringAt(status, 'status_msg') ?? 'failed'} (${code})`;
};

const ZHIPU: Quirks = {
  extra: ['thinking'],
  reasoning: thinkingToggle,
  finish: { sensitive: 'content_filter', network_error: 'stop' },
};

/** Hosted providers without a folder of their own: what differs is in the row. @source each provider's API reference */
const HOSTED: readonly Row[] = [
  ['302ai', 'https://api.302.ai/v1', 'c'],
  ['ai21', 'https://api.ai21.com/studio/v1', 'c', { lacksFormat: 'json_schema' }],
  ['aibadgr', 'https://aibadgr.com/api/v1', 'c'],
  ['byteplus', bytePlusHost, 'ce', { extra: ['thinking'], reasoning: thinkingToggle }],
  [
    'cerebras',
    'https://api.cerebras.ai/v1',
    'ct',
    {
      drop: [
        'frequency_penalty',
        'presence_penalty',
        'logit_bias',
        'logprobs',
        'top_logprobs',
        'parallel_tool_calls',
        'service_tier',
      ],
      reasoning: effortNoneToHigh,
      reasoningHistory: 'as-reasoning',
    },
  ],
  ['cometapi', 'https://api.cometapi.com/v1', 'ce'],
  ['cortex', cortexHost, 'c'],
  [
    'dashscope',
    'https://dashscope-intl.aliyuncs.com/compatible-mode/v1',
    'ce',
    {
      extra: ['cache_control'],
      drop: ['frequency_penalty'],
      reasoning: thinkingBudget,
      usage: [cacheCreationTokens],
    },
  ],
  ['deepbricks', 'https://api.deepbricks.ai/v1', 'c'],
  ['deepinfra', 'https://api.deepinfra.com/v1/openai', 'cte', { usage: [reasoningMayExceedCompletion] }],
  ['featherless-ai', 'https://api.featherless.ai/v1', 'ct'],
  ['github', 'https://models.github.ai/inference', 'ce'],
  ['huggingface', 'https://router.huggingface.co/v1', 'c'],
  ['hyperbolic', 'https://api.hyperbolic.xyz/v1', 'c'],
  ['inference-net', 'https://api.inference.net/v1', 'c'],
  ['iointelligence', 'https://api.intelligence.io.solutions/api/v1', 'ce'],
  ['jina', 'https://api.jina.ai/v1', 'e', { usage: [totalIsPrompt] }],
  ['kluster-ai', 'https://api.kluster.ai/v1', 'ce'],
  ['krutrim', 'https://cloud.olakrutrim.com/v1', 'c'],
  ['lambda', 'https://api.lambdalabs.com/v1', 'ct'],
  [
    'lemonfox-ai',
    'https://api.lemonfox.ai/v1',
    'c',
    {
      drop: ['logit_bias', 'user', 'seed', 'tools', 'tool_choice', 'response_format', 'logprobs', 'top_logprobs'],
      hasSingleChoice: true,
      streamUsage: 'none',
    },
  ],
  ['lepton', 'https://api.lepton.ai/api/v1', 'ct'],
  ['lingyi', 'https://api.lingyiwanwu.com/v1', 'c'],
  ['matterai', 'https://api.matterai.so/v1', 'c'],
  [
    'minimax',
    'https://api.minimax.io/v1',
    'c',
    { extra: ['thinking'], reasoning: thinkingToggle, failure: miniMaxFailure, answerDrop: ['base_resp'] },
  ],
  ['monsterapi', 'https://llm.monsterapi.ai/v1', 'c'],
  [
    'moonshot',
    'https://api.moonshot.ai/v1',
    'c',
    {
      extra: ['thinking'],
      drop: ['seed', 'top_k', 'logit_bias'],
      schemaDrop: ['$schema'],
      reasoning: moonshotEffort,
      usage: [cachedTokensAt('cached_tokens')],
    },
  ],
  ['ncompass', 'https://api.ncompass.tech/v1', 'c'],
  ['nebius', 'https://api.tokenfactory.nebius.com/v1', 'cte'],
  ['nextbit', 'https://api.nextbit256.com/v1', 'ct'],
  ['novita-ai', 'https://api.novita.ai/openai/v1', 'cte'],
  ['nscale', 'https://inference.api.nscale.com/v1', 'c'],
  ['ovhcloud', 'https://oai.endpoints.kepler.ai.cloud.ovh.net/v1', 'ce'],
  ['reka-ai', 'https://api.reka.ai/v1', 'c'],
  ['sambanova', 'https://api.sambanova.ai/v1', 'ce'],
  ['siliconflow', 'https://api.siliconflow.com/v1', 'ce', { reasoning: enableThinkingToggle }],
  ['upstage', 'https://api.upstage.ai/v1/solar', 'ce'],
  [
    'voyage',
    'https://api.voyageai.com/v1',
    'e',
    {
      extra: ['input_type'],
      drop: ['user'],
      implied: { encoding_format: 'float' },
      rename: { dimensions: 'output_dimension' },
      usage: [totalIsPrompt],
    },
  ],
  ['workers-ai', workersAiHost, 'ce'],
  ['z-ai', 'https://api.z.ai/api/paas/v4', 'c', ZHIPU],
  ['zhipu', 'https://open.bigmodel.cn/api/paas/v4', 'ce', ZHIPU],

  ['abacus', 'https://routellm.abacus.ai/v1', 'c'],
  ['amazon-nova', 'https://api.nova.amazon.com/v1', 'c'],
  ['baidu-qianfan', 'https://qianfan.baidubce.com/v2', 'c'],
  ['baseten', 'https://inference.baseten.co/v1', 'c'],
  ['berget', 'https://api.berget.ai/v1', 'c'],
  ['chutes', 'https://llm.chutes.ai/v1', 'c'],
  ['clarifai', 'https://api.clarifai.com/v2/ext/openai/v1', 'c'],
  ['cloudferro', 'https://api-sherlock.cloudferro.com/openai/v1', 'c'],
  ['cortecs', 'https://api.cortecs.ai/v1', 'c'],
  ['digitalocean', 'https://inference.do-ai.run/v1', 'c'],
  ['evroc', 'https://models.think.evroc.com/v1', 'c'],
  ['fastrouter', 'https://go.fastrouter.ai/api/v1', 'c'],
  ['friendli', 'https://api.friendli.ai/serverless/v1', 'c'],
  ['gmicloud', 'https://api.gmi-serving.com/v1', 'c'],
  ['helicone', 'https://ai-gateway.helicone.ai/v1', 'c'],
  ['hpc-ai', 'https://api.hpc-ai.com/inference/v1', 'c'],
  ['hunyuan', 'https://api.hunyuan.cloud.tencent.com/v1', 'c'],
  ['iflow', 'https://apis.iflow.cn/v1', 'c'],
  ['inception', 'https://api.inceptionlabs.ai/v1', 'c'],
  ['inceptron', 'https://api.inceptron.io/v1', 'c'],
  ['jiekou', 'https://api.jiekou.ai/openai', 'c'],
  ['llama', 'https://api.llama.com/compat/v1', 'c'],
  ['llmgateway', 'https://api.llmgateway.io/v1', 'c'],
  ['meganova', 'https://api.meganova.ai/v1', 'c'],
  ['mixlayer', 'https://models.mixlayer.ai/v1', 'c'],
  ['modelscope', 'https://api-inference.modelscope.cn/v1', 'c'],
  ['morph', 'https://api.morphllm.com/v1', 'c'],
  ['nano-gpt', 'https://nano-gpt.com/api/v1', 'c'],
  ['nearai', 'https://cloud-api.near.ai/v1', 'c'],
  ['neuralwatt', 'https://api.neuralwatt.com/v1', 'c'],
  ['nvidia', 'https://integrate.api.nvidia.com/v1', 'c'],
  ['ollama-cloud', 'https://ollama.com/v1', 'c'],
  ['opencode-zen', 'https://opencode.ai/zen/v1', 'c'],
  ['poe', 'https://api.poe.com/v1', 'c'],
  ['poolside', 'https://inference.poolside.ai/v1', 'c'],
  ['qiniu', 'https://api.qnaigc.com/v1', 'c'],
  ['regolo', 'https://api.regolo.ai/v1', 'c'],
  ['requesty', 'https://router.requesty.ai/v1', 'c'],
  ['sakana', 'https://api.sakana.ai/v1', 'c'],
  ['sarvam', 'https://api.sarvam.ai/v1', 'c'],
  ['scaleway', 'https://api.scaleway.ai/v1', 'c'],
  ['stackit', 'https://api.openai-compat.model-serving.eu01.onstackit.cloud/v1', 'c'],
  ['stepfun', 'https://api.stepfun.com/v1', 'c'],
  ['submodel', 'https://llm.submodel.ai/v1', 'c'],
  ['synthetic', 'https://api.synthetic.new/openai/v1', 'c'],
  ['tencent-tokenhub', 'https://tokenhub.tencentmaas.com/v1', 'c'],
  ['tinfoil', 'https://inference.tinfoil.sh/v1', 'c'],
  ['venice', 'https://api.venice.ai/api/v1', 'c'],
  ['volcengine', 'https://ark.cn-beijing.volces.com/api/v3', 'c'],
  ['vultr', 'https://api.vultrinference.com/v1', 'c'],
  ['wandb', 'https://api.inference.wandb.ai/v1', 'c'],
  ['xiaomi', 'https://api.xiaomimimo.com/v1', 'c'],
  ['zenmux', 'https://zenmux.ai/api/v1', 'c'],
];

/** Servers that people run themselves, and platforms with a host for each customer: always on a custom host. */
const ON_CUSTOM_HOST: readonly Row[] = [
  ['databricks', undefined, 'ce'],
  ['llama.cpp', undefined, 'cte'],
  ['lm-studio', undefined, 'cte', { lacksFormat: 'json_object' }],
  ['localai', undefined, 'cte'],
  ['modal', undefined, 'c'],
  ['sglang', undefined, 'cte'],
  ['tgi', undefined, 'ct', { hasSingleChoice: true }],
  // An embedding model may be asked to truncate, or told the kind of input.
  ['vllm', undefined, 'cte', { extra: ['truncate', 'input_type', 'documents'] }],
];

export const hosted: readonly Provider[] = [...HOSTED, ...ON_CUSTOM_HOST].map(([id, baseUrl, endpoints, quirks]) =>
  openAiCompatible({ ...quirks, id, baseUrl, endpoints: ENDPOINTS[endpoints] }),
);

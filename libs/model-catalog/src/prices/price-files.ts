import type { PriceFile } from '../price-row.ts';
import anthropic from './anthropic.json' with { type: 'json' };
import azureOpenai from './azure-openai.json' with { type: 'json' };
import bedrock from './bedrock.json' with { type: 'json' };
import cerebras from './cerebras.json' with { type: 'json' };
import cohere from './cohere.json' with { type: 'json' };
import dashscope from './dashscope.json' with { type: 'json' };
import deepinfra from './deepinfra.json' with { type: 'json' };
import deepseek from './deepseek.json' with { type: 'json' };
import fireworksAi from './fireworks-ai.json' with { type: 'json' };
import google from './google.json' with { type: 'json' };
import groq from './groq.json' with { type: 'json' };
import jina from './jina.json' with { type: 'json' };
import minimax from './minimax.json' with { type: 'json' };
import mistralAi from './mistral-ai.json' with { type: 'json' };
import moonshot from './moonshot.json' with { type: 'json' };
import nebius from './nebius.json' with { type: 'json' };
import openai from './openai.json' with { type: 'json' };
import perplexityAi from './perplexity-ai.json' with { type: 'json' };
import togetherAi from './together-ai.json' with { type: 'json' };
import vertexAi from './vertex-ai.json' with { type: 'json' };
import xAi from './x-ai.json' with { type: 'json' };
import zAi from './z-ai.json' with { type: 'json' };

/** Every price list we carry, one per provider. A new one is a file and a line here. */
export const PRICE_FILES: readonly PriceFile[] = [
  anthropic,
  azureOpenai,
  bedrock,
  cerebras,
  cohere,
  dashscope,
  deepinfra,
  deepseek,
  fireworksAi,
  google,
  groq,
  jina,
  minimax,
  mistralAi,
  moonshot,
  nebius,
  openai,
  perplexityAi,
  togetherAi,
  vertexAi,
  xAi,
  zAi,
];

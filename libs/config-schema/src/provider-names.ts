/** Providers a config may name literally. A deployment with providers of its own hands in its own list. */
export const PROVIDER_NAMES: ReadonlySet<string> = new Set(
  `302ai ai21 aibadgr anthropic anyscale azure-ai azure-openai bedrock bedrock-mantle byteplus bytez cerebras
  claude-platform-aws cohere cometapi cortex dashscope databricks deepbricks deepinfra deepseek fal-ai
  featherless-ai fireworks-ai github google groq huggingface hyperbolic inference-net iointelligence jina
  kluster-ai krutrim lambda latitude lemonfox-ai lepton lightning lingyi matterai meshy milvus minimax mistral-ai
  modal monsterapi moonshot ncompass nebius nextbit nomic novita-ai nscale ollama openai openrouter oracle
  ovhcloud palm perplexity-ai pinecone portkey predibase qdrant recraft-ai reka-ai replicate sagemaker sambanova
  scenario-ai segmind siliconflow stability-ai together-ai triton tripo3d upstage vertex-ai voyage
  workers-ai x-ai z-ai zhipu`.split(/\s+/),
);

export interface BannerFacts {
  /** Base URL of the API, `/v1` included. */
  readonly apiUrl: string;
  readonly apiKey: string;
  /** File with the key that administers the platform. */
  readonly adminKeyFile: string;
  /** A model that the rehearsal provider answers. */
  readonly model: string;
}

/** A first call, ready to paste, by the client it is for. All of them need no account anywhere. */
export const snippets = ({
  apiUrl,
  apiKey,
  model,
}: Omit<BannerFacts, 'adminKeyFile'>): Readonly<Record<string, string>> => ({
  curl: `curl ${apiUrl}/chat/completions \\
  -H 'content-type: application/json' \\
  -H 'x-portkey-api-key: ${apiKey}' \\
  -H 'x-portkey-provider: rehearsal' \\
  -d '{"model": "${model}", "messages": [{"role": "user", "content": "Say hello"}]}'`,

  'Python (pip install portkey-ai)': `from portkey_ai import Portkey

client = Portkey(base_url="${apiUrl}", api_key="${apiKey}", provider="rehearsal")
answer = client.chat.completions.create(
    model="${model}", messages=[{"role": "user", "content": "Say hello"}]
)
print(answer.choices[0].message.content)`,

  'LlamaIndex (pip install portkey-ai llama-index-llms-openai)': `from llama_index.llms.openai import OpenAI
from portkey_ai import createHeaders

# LlamaIndex wants some api_key and a model name it knows; the real model stands in the config.
config = {"provider": "rehearsal", "override_params": {"model": "${model}"}}
llm = OpenAI(
    api_base="${apiUrl}",
    api_key="unused",
    model="gpt-3.5-turbo",
    default_headers=createHeaders(api_key="${apiKey}", config=config),
)
print(llm.complete("Say hello"))`,
});

/** What is printed once the platform is ready: models and management have one address. */
export const banner = (facts: BannerFacts): string => `
Portolan is ready.

  Gateway     ${facts.apiUrl}
  API key     ${facts.apiKey}
  Management  ${facts.apiUrl}
  Admin key   in ${facts.adminKeyFile}

${Object.entries(snippets(facts))
  .map(([client, code]) => `── ${client}\n\n${code}\n`)
  .join('\n')}
Ctrl-C stops it.
`;

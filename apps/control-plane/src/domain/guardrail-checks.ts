import * as z from 'zod';

/** What the parameters of a check have to be. */
type Parameters = z.ZodType<Readonly<Record<string, unknown>>>;

/** Of every check: turns the verdict round, lets errors count as failures, and how long it may take in ms. */
const ALWAYS = {
  not: z.boolean().optional(),
  failOnError: z.boolean().optional(),
  timeout: z.number().int().min(1).max(600_000).optional(),
};

const own = <Shape extends z.ZodRawShape>(shape: Shape): Parameters => z.strictObject({ ...shape, ...ALWAYS });

const texts = () => z.array(z.string().max(1_024)).min(1, 'must not be empty').max(1_000);
const amount = () => z.number().int('must be a whole number').min(0, 'must be at least 0').optional();
const operator = () => z.enum(['any', 'all', 'none'], { error: 'must be "any", "all" or "none"' });
const url = () => z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }).max(2_048);
const headers = () => z.record(z.string(), z.string()).optional();

/** Somebody else's checks, whose parameters are theirs to judge. */
const anything: Parameters = z.record(z.string(), z.unknown());

/** The checks whose names we know, with what each of them takes. */
export const GUARDRAIL_CHECKS = {
  'default.jwt': own({
    jwksUri: url(),
    headerKey: z.string().max(128).optional(),
    cacheMaxAge: z.number().min(0).optional(),
    clockTolerance: z.number().min(0).optional(),
    maxTokenAge: z.string().max(32).optional(),
  }),
  'default.modelWhitelist': anything,
  'default.isAllLowerCase': own({}),
  'default.alllowercase': own({}),
  'default.alluppercase': own({}),
  'default.regexMatch': own({ rule: z.string().min(1, 'must not be empty').max(4_096) }),
  'default.sentenceCount': own({ minSentences: amount(), maxSentences: amount() }),
  'default.wordCount': own({ minWords: amount(), maxWords: amount() }),
  'default.characterCount': own({ minCharacters: amount(), maxCharacters: amount() }),
  'default.jsonSchema': own({ schema: z.record(z.string(), z.unknown(), { error: 'must be a JSON schema' }) }),
  'default.jsonKeys': own({ keys: texts(), operator: operator() }),
  'default.contains': own({ words: texts(), operator: operator() }),
  'default.validUrls': own({ onlyDNS: z.boolean().optional() }),
  'default.containsCode': own({ format: z.string().min(1, 'must not be empty').max(64) }),
  'default.webhook': own({ webhookURL: url(), headers: headers() }),
  'default.endsWith': own({ suffix: z.string().min(1, 'must not be empty').max(1_024) }),
  'default.requiredMetadataKeys': own({ metadataKeys: texts(), operator: operator() }),
  'default.allowedRequestTypes': own({ allowedTypes: texts().optional(), blockedTypes: texts().optional() }),
  'portkey.moderateContent': anything,
  'portkey.language': anything,
  'portkey.pii': anything,
  'portkey.gibberish': anything,
} as const satisfies Readonly<Record<string, Parameters>>;

/** Families of checks that other companies make; which checks a family has is theirs to say. */
export const PARTNER_FAMILIES: readonly string[] = [
  'acuvity',
  'aporia',
  'azure',
  'bedrock',
  'exa',
  'javelin',
  'lasso',
  'mistral',
  'panw-prisma-airs',
  'pangea',
  'patronus',
  'pillar',
  'promptfoo',
  'promptsecurity',
  'qualifire',
  'sydelabs',
  'walledai',
  'zscaler',
];

const isKnown = (id: string): id is keyof typeof GUARDRAIL_CHECKS => Object.hasOwn(GUARDRAIL_CHECKS, id);

/** What the parameters of a check have to be; undefined for a check that nobody has. */
export const parametersOf = (id: string): Parameters | undefined => {
  if (isKnown(id)) return GUARDRAIL_CHECKS[id];
  const [family = '', name = '', ...rest] = id.split('.');
  return PARTNER_FAMILIES.includes(family) && /^[\w-]{1,64}$/.test(name) && rest.length === 0 ? anything : undefined;
};

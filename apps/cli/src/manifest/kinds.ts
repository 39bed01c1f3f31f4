/**
 * How a field of a file is compared with what the platform has.
 * `plain`: as it stands. `set`: in any order. `flag`: 0, 1, true and false. `time`: the instant. `budgets`, `rates`: limits, without
 * what the platform keeps count of. `open`: only what the file names inside of it. `contains`: at least these. `note`: goes along with a change,
 * and is none. `deployments`: those of Azure, in either spelling. `fixed`: chosen once. `secret`: cannot be compared at all.
 */
export type Comparison =
  | 'plain'
  | 'set'
  | 'flag'
  | 'time'
  | 'budgets'
  | 'rates'
  | 'open'
  | 'contains'
  | 'note'
  | 'deployments'
  | 'fixed'
  | 'secret';

export interface KindRule {
  readonly fields: Readonly<Record<string, Comparison>>;
  readonly required: readonly string[];
}

const LIMITS = { usage_limits: 'budgets', rate_limits: 'rates' } as const;

/** Every kind of object that files describe, in the order they are made: what is named comes before what names it. */
export const KINDS = {
  Workspace: {
    fields: { description: 'plain', icon: 'plain', ...LIMITS, defaults: 'open' },
    required: [],
  },
  Label: { fields: { description: 'plain', color_code: 'plain' }, required: [] },
  Collection: { fields: { parent_collection_id: 'fixed' }, required: [] },
  VirtualKey: {
    // … and the settings of its provider, which the provider says.
    fields: { provider: 'fixed', slug: 'fixed', note: 'plain', ...LIMITS, expires_at: 'time' },
    required: ['provider'],
  },
  Guardrail: { fields: { checks: 'plain', actions: 'plain' }, required: ['checks', 'actions'] },
  Partial: { fields: { string: 'plain', collection_id: 'fixed', version_description: 'note' }, required: ['string'] },
  Prompt: {
    fields: {
      string: 'plain',
      parameters: 'plain',
      model: 'plain',
      virtual_key: 'plain',
      functions: 'plain',
      tools: 'plain',
      tool_choice: 'plain',
      template_metadata: 'plain',
      is_raw_template: 'flag',
      collection_id: 'plain',
      version_description: 'note',
      labels: 'contains',
    },
    required: ['string', 'parameters'],
  },
  Config: { fields: { config: 'plain', is_default: 'flag' }, required: ['config'] },
  ApiKey: {
    fields: {
      type: 'fixed',
      user_id: 'fixed',
      scopes: 'set',
      description: 'plain',
      defaults: 'open',
      ...LIMITS,
      alert_emails: 'set',
      expires_at: 'time',
      rotation_policy: 'open',
    },
    required: ['type', 'scopes'],
  },
} as const satisfies Readonly<Record<string, KindRule>>;

export type Kind = keyof typeof KINDS;

export const isKind = (text: string): text is Kind => Object.hasOwn(KINDS, text);

export const KIND_NAMES: readonly Kind[] = Object.keys(KINDS).filter(isKind);

/** Its place in the order of making. */
export const rankOf = (kind: Kind): number => KIND_NAMES.indexOf(kind);

/** The kind as people say it. */
export const kindWord = (kind: Kind): string =>
  kind.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();

import fc from 'fast-check';

/** What some route below a path reads of its body, in the spellings that clients have for it. */
const FIELDS: Readonly<Record<string, string>> = {
  '/api-keys':
    'name description scopes usage_limits rate_limits defaults alert_emails expires_at rotation_policy key_transition_period_ms reset_usage type sub-type workspace_id organisation_id user_id',
  '/configs': 'name config is_default isDefault status workspace_id',
  '/virtual-keys':
    'name provider key note slug usage_limits rate_limits expires_at secret_mappings workspace_id apiVersion deploymentConfig awsRegion custom_host custom_headers key_transition_period_ms reset_usage',
  '/providers': 'name integration_id note slug usage_limits rate_limits expires_at workspace_id reset_usage',
  '/integrations':
    'name ai_provider_id slug key description configurations workspace_id create_default_provider default_provider_slug secret_mappings pricing_adjustments tags models allow_all_models slugs workspaces global_workspace_access override_existing_workspace_access key_transition_period_ms',
  '/admin/workspaces':
    'name icon description defaults users usage_limits rate_limits reset_usage force_delete role switches request_logging',
  '/admin/users': 'email role workspaces workspace_api_key_details',
  '/admin/organisation':
    'name switches overridable request_logging denied_export_fields api_key_metadata_schema workspace_metadata_schema jwks jwks_url input_guardrails output_guardrails',
  '/workspace-exclusions': 'organisation_id workspaces override_existing',
  '/guardrails': 'name checks actions workspace_id organisation_id',
  '/labels': 'name description color_code workspace_id organisation_id',
  '/collections': 'name workspace_id parent_collection_id',
  '/prompts':
    'name string parameters collection_id workspace_id model virtual_key functions tools tool_choice template_metadata prompt_metadata is_raw_template version_description version label_id status patch description',
  '/auth':
    'email password current_password new_password organisation_id token first_name last_name code state return_to',
  '/logs': 'filters requested_data workspace_id description',
};

const ALWAYS = ['__proto__', 'constructor', 'toString', 'id', ''];

/** Fields that a route may read, and names that objects have by themselves. */
export const fieldsBelow = (path: string): readonly string[] => [
  ...ALWAYS,
  ...Object.entries(FIELDS).flatMap(([prefix, names]) => (path.startsWith(prefix) ? names.split(' ') : [])),
];

/** Names that nested objects may have. */
const INNER: readonly string[] = [
  ...ALWAYS,
  ...Object.values(FIELDS).flatMap((names) => names.split(' ')),
  ...'metadata config_id allow_config_override rotation_period rotation_period_days next_rotation_at keys kid kty n e alg enabled checks parameters words operator excluded user_api_key_config type properties pattern $ref strategy targets mode retry attempts on_status_codes cache content role price pay_as_you_go'.split(
    ' ',
  ),
];

export const QUERY: readonly string[] = [
  ...ALWAYS,
  ...'workspace_id workspaceId organisation_id page_size pageSize current_page ids search name exact_name status role email type version collection_id slugs start_time end_time time_of_generation_min method uri request_id user_id user_type response_status_code resource_type action client_ip country from after limit max code state return_to iss error'.split(
    ' ',
  ),
];

const TEXTS: readonly string[] = [
  '',
  ' ',
  '-',
  '0',
  '-1',
  '1e9',
  '2147483648',
  '9223372036854775808',
  '99999999999999999999',
  'NaN',
  'null',
  'true',
  '{}',
  '[]',
  'a\u0000b',
  '\u0000',
  '\ud800',
  'a\udfff',
  '\u202e',
  'é',
  '%',
  '%%',
  '_',
  '\\',
  "'; drop table users; --",
  '"',
  '<script>',
  '../../etc/passwd',
  '..%2f',
  '/',
  '//',
  '@',
  '@@x',
  '__proto__',
  'constructor',
  'toString',
  'x'.repeat(300),
  'é'.repeat(5_000),
  'a@b',
  '@latest',
  'pp-x@99999999999',
  '{{x}}',
  '{{#a}}',
  '{{/a}}',
  '{{> a}}',
  '\r\nset-cookie: a=b',
  'a,b,,c',
  ',',
  '0001-01-01T00:00:00Z',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59-23:59',
  '2026-13-45T00:00:00Z',
  '2030-01-01T00:00:00Z',
  'https://localhost',
  'http://169.254.169.254/',
  'javascript:0',
  'openai',
  'azure-openai',
  'bedrock',
  'vertex-ai',
  'workspace',
  'service',
  'organisation',
  'admin',
  'owner',
  'member',
  'active',
  'archived',
  'completions.write',
  'configs.list',
  'gpt-4o',
  'latest',
  'default',
  'a@example.com',
  'a'.repeat(64),
];

/** Texts that somebody may have forgotten. */
export const hostileText = (): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...TEXTS) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  );

const NUMBERS: readonly number[] = [0, -0, -1, 1, 1.5, 100, 2_147_483_648, 2 ** 53, -(2 ** 53), 1e21, 1e308, 5e-324];

const DEEP: unknown = Array.from({ length: 62 }).reduce((inner: unknown) => ({ a: inner }), 1);

const names = (): fc.Arbitrary<string> => fc.oneof(fc.constantFrom(...INNER), hostileText());

const scalar = (): fc.Arbitrary<unknown> =>
  fc.oneof(hostileText(), fc.constantFrom(...NUMBERS), fc.boolean(), fc.constant(null));

const limits = (): fc.Arbitrary<unknown> =>
  fc.record(
    {
      type: fc.constantFrom('cost', 'tokens', 'requests'),
      unit: fc.constantFrom('rpm', 'rph', 'rpw'),
      value: fc.constantFrom(...NUMBERS),
      credit_limit: fc.constantFrom(...NUMBERS),
      alert_threshold: fc.constantFrom(...NUMBERS),
      periodic_reset_days: fc.constantFrom(...NUMBERS),
      next_usage_reset_at: hostileText(),
    },
    { requiredKeys: [] },
  );

const inside = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof(
    fc.array(value, { maxLength: 4 }),
    fc.array(fc.tuple(names(), value), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
  );

/** JSON that means nothing, or nearly what is asked for. */
export const hostileValue = (): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 5, arbitrary: scalar() },
    { weight: 2, arbitrary: inside(scalar()) },
    { weight: 2, arbitrary: inside(inside(scalar())) },
    { weight: 1, arbitrary: fc.oneof(limits(), fc.array(limits(), { maxLength: 3 })) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        DEEP,
        [[[[[]]]]],
        Array.from({ length: 2_000 }, () => 'x'),
      ),
    },
  );

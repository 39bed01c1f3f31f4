-- Ids are UUIDs as text; slugs are how people and requests name things, and never change.
-- JSON columns hold what the management API takes and gives; nothing secret is in any of them. What is secret and has to be given
-- back is sealed.

create table organizations (
  id text primary key,
  slug text not null unique,
  name text not null,
  status text not null default 'active' check (status in ('active', 'archived')),
  settings jsonb not null default '{}',
  -- Sections of the settings that workspaces may set for themselves.
  overridable jsonb not null default '[]',
  defaults jsonb not null default '{}',
  jwks jsonb,
  jwks_url text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table users (
  id text primary key,
  email text not null,
  first_name text not null default '',
  last_name text not null default '',
  -- A slow hash; null for people who sign in elsewhere only.
  password_hash text,
  -- Who they are at the identity provider, once they have signed in there.
  oidc_issuer text,
  oidc_subject text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create unique index users_by_email on users (lower(email));
create unique index users_by_oidc on users (oidc_issuer, oidc_subject) where oidc_subject is not null;

create table organization_members (
  organization_id text not null references organizations (id),
  user_id text not null references users (id) on delete cascade,
  role text not null check (role in ('owner', 'admin', 'member')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, user_id)
);

create index organization_members_by_user on organization_members (user_id);

create table sessions (
  -- SHA-256 of the cookie.
  token_digest bytea primary key,
  user_id text not null references users (id) on delete cascade,
  organization_id text not null references organizations (id),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null
);

create index sessions_by_user on sessions (user_id);
create index sessions_by_end on sessions (expires_at);

-- Sign-ins that have been sent to an identity provider and have not come back.
create table sign_in_attempts (
  state_digest bytea primary key,
  -- What only the browser that was sent away can open.
  sealed_secrets text not null,
  return_to text not null,
  expires_at timestamptz not null
);

create index sign_in_attempts_by_end on sign_in_attempts (expires_at);

create table sign_in_failures (
  -- Digest of the address or of the account that failed.
  subject bytea not null,
  failed_at timestamptz not null default now()
);

create index sign_in_failures_by_subject on sign_in_failures (subject, failed_at);
create index sign_in_failures_by_time on sign_in_failures (failed_at);

create table workspaces (
  id text primary key,
  organization_id text not null references organizations (id),
  slug text not null,
  name text not null,
  icon text,
  description text,
  is_default boolean not null default false,
  status text not null default 'active' check (status in ('active', 'archived')),
  -- metadata, input_guardrails, output_guardrails, user_api_key_config
  defaults jsonb not null default '{}',
  usage_limits jsonb not null default '[]',
  rate_limits jsonb not null default '[]',
  settings jsonb not null default '{}',
  -- When somebody last asked for its usage to begin again at 0.
  last_reset_at timestamptz,
  -- Of the guardrails that the organization wants everywhere: `input`, `output` or both do not hold here.
  excluded_guardrails jsonb not null default '[]',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, slug)
);

create index workspaces_by_organization on workspaces (organization_id, created_at desc, id);
create unique index workspaces_one_default on workspaces (organization_id) where is_default;

create table workspace_members (
  workspace_id text not null references workspaces (id),
  user_id text not null references users (id) on delete cascade,
  role text not null check (role in ('admin', 'manager', 'member')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (workspace_id, user_id)
);

create index workspace_members_by_user on workspace_members (user_id);

create table invites (
  id text primary key,
  organization_id text not null references organizations (id),
  email text not null,
  role text not null check (role in ('admin', 'member', 'owner')),
  -- [{workspace_id, role}]
  workspaces jsonb not null default '[]',
  api_key_details jsonb,
  token_digest bytea not null unique,
  status text not null default 'pending' check (status in ('pending', 'cancelled', 'accepted')),
  invited_by text,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz
);

create index invites_by_organization on invites (organization_id, created_at desc);

create table api_keys (
  id text primary key,
  organization_id text not null references organizations (id),
  workspace_id text references workspaces (id),
  user_id text references users (id),
  type text not null check (type in ('organisation-service', 'workspace-service', 'workspace-user')),
  name text not null,
  description text,
  -- `expired` is told by expires_at, whatever stands here.
  status text not null default 'active' check (status in ('active', 'exhausted', 'revoked')),
  scopes jsonb not null,
  default_config_id text,
  default_metadata jsonb not null default '{}',
  allow_config_override boolean not null default true,
  usage_limits jsonb,
  rate_limits jsonb not null default '[]',
  alert_emails jsonb not null default '[]',
  expires_at timestamptz,
  rotation_policy jsonb,
  next_rotation_at timestamptz,
  creation_mode text not null default 'api' check (creation_mode in ('ui', 'api', 'auto')),
  last_reset_at timestamptz,
  -- When it was put on record that expires_at has passed.
  expiry_noted_at timestamptz,
  masked text not null,
  generation bigint not null default 1,
  created_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  check ((type = 'organisation-service') = (workspace_id is null)),
  check (type <> 'workspace-user' or user_id is not null)
);

create index api_keys_by_organization on api_keys (organization_id, created_at desc, id);
create index api_keys_by_workspace on api_keys (workspace_id, created_at desc, id);
create index api_keys_by_user on api_keys (user_id);
create index api_keys_by_rotation on api_keys (next_rotation_at) where next_rotation_at is not null;
create index api_keys_by_expiry on api_keys (expires_at) where expiry_noted_at is null and status <> 'revoked';

create table api_key_secrets (
  api_key_id text not null references api_keys (id) on delete cascade,
  pepper_id text not null,
  digest bytea not null unique,
  -- Empty for a key that was made elsewhere.
  public_part text not null,
  masked text not null,
  created_at timestamptz not null default now(),
  -- Null while it is the newest: that one ends with its key only.
  ends_at timestamptz,
  warned_at timestamptz
);

create index api_key_secrets_by_key on api_key_secrets (api_key_id);
create index api_key_secrets_by_public_part on api_key_secrets (public_part);
create index api_key_secrets_by_end on api_key_secrets (ends_at) where ends_at is not null;

create table configs (
  id text primary key,
  organization_id text not null references organizations (id),
  -- Null: requests of all workspaces may name it.
  workspace_id text references workspaces (id),
  slug text not null,
  name text not null,
  is_default boolean not null default false,
  status text not null default 'active' check (status in ('active', 'archived')),
  active_version_id text not null,
  generation bigint not null default 1,
  owner_id text,
  updated_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, slug)
);

create index configs_by_workspace on configs (workspace_id, created_at desc, id);

create table config_versions (
  id text primary key,
  config_id text not null references configs (id),
  number integer not null,
  -- As it was given; `json` and not `jsonb`, so that its order stays. Null when it may hold a secret: then it is sealed.
  body json,
  sealed_body text,
  sealing_key_id text generated always as (split_part(sealed_body, '.', 2)) stored,
  created_by text,
  created_at timestamptz not null default now(),
  unique (config_id, number),
  check (num_nonnulls(body, sealed_body) = 1)
);

-- The order in which versions are sealed anew under another key.
create index config_versions_by_key on config_versions (sealing_key_id, id) where sealing_key_id is not null;

alter table configs add foreign key (active_version_id) references config_versions (id) deferrable initially deferred;

-- A credential of a provider with what belongs to it. Its secrets are in the vault, by credential_id.
create table integrations (
  id text primary key,
  organization_id text not null references organizations (id),
  -- Null: it belongs to the organization, which lets workspaces use it.
  workspace_id text references workspaces (id),
  slug text not null,
  name text not null,
  description text,
  provider text not null,
  credential_id text not null unique,
  -- What the vault gave back: settings that are no secrets, and masks of those that are.
  settings jsonb not null default '{}',
  masked jsonb not null default '{}',
  credential_generation bigint not null default 1,
  status text not null default 'active' check (status in ('active', 'archived')),
  allow_all_models boolean not null default true,
  models jsonb not null default '[]',
  pricing_adjustments jsonb,
  tags jsonb,
  secret_mappings jsonb not null default '[]',
  -- {enabled, usage_limits, rate_limits} for workspaces without a row of their own; null lets none in.
  global_workspace_access jsonb,
  created_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, slug)
);

create index integrations_by_workspace on integrations (workspace_id);

create table integration_workspaces (
  integration_id text not null references integrations (id) on delete cascade,
  workspace_id text not null references workspaces (id),
  enabled boolean not null default true,
  usage_limits jsonb not null default '[]',
  rate_limits jsonb not null default '[]',
  last_reset_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (integration_id, workspace_id)
);

-- What requests name: one workspace's handle on an integration. Virtual keys and providers of the API are both these.
create table virtual_keys (
  id text primary key,
  organization_id text not null references organizations (id),
  workspace_id text not null references workspaces (id),
  integration_id text not null references integrations (id),
  slug text not null,
  name text not null,
  note text,
  -- `expired` is told by expires_at, whatever stands here.
  status text not null default 'active' check (status in ('active', 'exhausted', 'archived')),
  usage_limits jsonb,
  rate_limits jsonb not null default '[]',
  last_reset_at timestamptz,
  expires_at timestamptz,
  -- When it was put on record that expires_at has passed.
  expiry_noted_at timestamptz,
  -- Made together with its integration, and ends with it.
  owns_integration boolean not null default false,
  generation bigint not null default 1,
  created_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, slug)
);

create index virtual_keys_by_workspace on virtual_keys (workspace_id, created_at desc, id);
create index virtual_keys_by_integration on virtual_keys (integration_id);
create index virtual_keys_by_expiry on virtual_keys (expires_at) where expiry_noted_at is null and status <> 'archived';

create table collections (
  id text primary key,
  organization_id text not null references organizations (id),
  workspace_id text not null references workspaces (id),
  parent_id text references collections (id),
  slug text not null,
  name text not null,
  is_default boolean not null default false,
  status text not null default 'active' check (status in ('active', 'archived')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, slug)
);

create unique index collections_one_default on collections (workspace_id) where is_default;
create index collections_by_workspace on collections (workspace_id, created_at desc, id);
create index collections_by_organization on collections (organization_id, created_at desc, id);
create index collections_by_parent on collections (parent_id);

create table prompts (
  id text primary key,
  organization_id text not null references organizations (id),
  workspace_id text not null references workspaces (id),
  collection_id text not null references collections (id),
  slug text not null,
  name text not null,
  status text not null default 'active' check (status in ('active', 'archived')),
  published_version integer not null,
  generation bigint not null default 1,
  owner_id text,
  updated_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, slug)
);

create index prompts_by_workspace on prompts (workspace_id, created_at desc, id);
create index prompts_by_organization on prompts (organization_id, created_at desc, id);
create index prompts_by_collection on prompts (collection_id);

create table prompt_versions (
  id text primary key,
  prompt_id text not null references prompts (id),
  number integer not null,
  template text not null,
  kind text not null check (kind in ('chat', 'text')),
  parameters json not null,
  model text,
  virtual_key text not null,
  functions json,
  tools json,
  tool_choice json,
  template_metadata json,
  is_raw_template boolean not null default false,
  description text,
  -- Names and references in the template, computed when it was saved.
  components jsonb not null,
  status text not null default 'active' check (status in ('active', 'archived')),
  created_by text,
  created_at timestamptz not null default now(),
  unique (prompt_id, number)
);

create table labels (
  id text primary key,
  organization_id text not null references organizations (id),
  -- Null: a label of the organization, for all workspaces.
  workspace_id text references workspaces (id),
  name text not null,
  description text,
  color_code text,
  is_universal boolean not null default false,
  status text not null default 'active' check (status in ('active', 'archived')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create unique index labels_by_name on labels (organization_id, coalesce(workspace_id, ''), name) where status = 'active';

-- A label means one version of a prompt; a version may have several labels.
create table prompt_version_labels (
  prompt_id text not null references prompts (id),
  label_id text not null references labels (id),
  version_id text not null references prompt_versions (id),
  created_at timestamptz not null default now(),
  primary key (prompt_id, label_id)
);

create index prompt_version_labels_by_version on prompt_version_labels (version_id);
create index prompt_version_labels_by_label on prompt_version_labels (label_id);

create table partials (
  id text primary key,
  organization_id text not null references organizations (id),
  workspace_id text not null references workspaces (id),
  collection_id text references collections (id),
  slug text not null,
  name text not null,
  status text not null default 'active' check (status in ('active', 'archived')),
  published_version integer not null,
  generation bigint not null default 1,
  owner_id text,
  updated_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (workspace_id, slug)
);

create index partials_by_workspace on partials (workspace_id, created_at desc, id);
create index partials_by_organization on partials (organization_id, created_at desc, id);
create index partials_by_collection on partials (collection_id);

create table partial_versions (
  id text primary key,
  partial_id text not null references partials (id),
  number integer not null,
  template text not null,
  description text,
  components jsonb not null,
  status text not null default 'active' check (status in ('active', 'archived')),
  created_by text,
  created_at timestamptz not null default now(),
  unique (partial_id, number)
);

create table guardrails (
  id text primary key,
  organization_id text not null references organizations (id),
  workspace_id text references workspaces (id),
  slug text not null,
  name text not null,
  status text not null default 'active' check (status in ('active', 'archived')),
  active_version_id text not null,
  owner_id text,
  updated_by text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, slug)
);

create index guardrails_by_workspace on guardrails (workspace_id, created_at desc, id);
create index guardrails_by_organization on guardrails (organization_id, created_at desc, id);

create table guardrail_versions (
  id text primary key,
  guardrail_id text not null references guardrails (id),
  number integer not null,
  checks json not null,
  actions json not null,
  created_by text,
  created_at timestamptz not null default now(),
  unique (guardrail_id, number)
);

-- Where a job that walks through something in pieces goes on.
create table job_cursors (
  job text primary key,
  position text not null,
  updated_at timestamptz not null default now()
);

-- What people and programs think of the calls of a trace; the trace need not be known.
create table feedback (
  id text primary key,
  organization_id text not null references organizations (id),
  workspace_id text not null references workspaces (id),
  trace_id text not null,
  value double precision not null check (value between -10 and 10),
  weight double precision not null check (weight between 0 and 1),
  metadata jsonb not null default '{}',
  source text not null default 'API',
  created_by text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index feedback_by_trace on feedback (workspace_id, trace_id);

-- One row. A writing transaction raises it last, so that its row lock makes revisions commit in their order.
create table revision_counter (
  only_row boolean primary key default true check (only_row),
  value bigint not null,
  -- Names this counter: revisions of another one, as after a restored backup, mean nothing here.
  epoch text not null default gen_random_uuid()::text,
  -- Changes up to this revision are not kept any more.
  pruned_to bigint not null default 0
);

insert into revision_counter (value) values (0);

-- What changed at which revision, for gateways that are told of it.
create table changes (
  revision bigint not null,
  kind text not null,
  entity_id text not null,
  changed_at timestamptz not null default now(),
  primary key (revision, kind, entity_id)
);

create table audit_heads (
  organization_id text primary key references organizations (id),
  sequence bigint not null,
  hash text not null
);

-- What was asked for and what came of it. Each row's hash covers the row before it, so that none can be taken out unseen.
create table audit_log (
  organization_id text not null references organizations (id),
  sequence bigint not null,
  at timestamptz not null,
  request_id text not null,
  actor_id text not null,
  actor_type text not null check (actor_type in ('user', 'api_key', 'jwt', 'job')),
  workspace_id text,
  method text not null,
  uri text not null,
  query_params json,
  request_body json,
  request_headers json,
  resource_type text not null,
  resource_id text,
  action text not null,
  response_status_code integer not null,
  client_ip text,
  country text,
  before json,
  after json,
  previous_hash text not null,
  hash text not null,
  primary key (organization_id, sequence)
);

create index audit_log_by_time on audit_log (organization_id, at desc);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is only appended to';
end
$$;

create trigger audit_log_is_append_only before update or delete on audit_log for each row execute function refuse_change();
create trigger audit_log_is_not_emptied before truncate on audit_log for each statement execute function refuse_change();

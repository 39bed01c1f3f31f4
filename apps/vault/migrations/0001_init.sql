-- One key for each organisation; its versions are wrapped by the root key.
create table vault_tenant_keys (
  id text primary key,
  organization_id text not null unique,
  current_version integer not null,
  -- Lower versions are retired and seal nothing that is stored.
  min_version integer not null default 1,
  check (min_version between 1 and current_version)
);

create table vault_tenant_key_versions (
  tenant_key_id text not null references vault_tenant_keys (id),
  version integer not null,
  wrapped text not null,
  root_key_id text not null generated always as (split_part(wrapped, '.', 2)) stored,
  uses bigint not null default 0,
  created_at timestamptz not null default now(),
  primary key (tenant_key_id, version)
);

create index vault_tenant_key_versions_by_root on vault_tenant_key_versions (root_key_id, tenant_key_id, version);

create table vault_credentials (
  id text primary key,
  organization_id text not null,
  workspace_id text not null,
  provider text not null,
  settings jsonb not null,
  allowed_hosts jsonb not null,
  -- Those of them that its owner named besides the provider's own.
  extra_hosts jsonb not null,
  status text not null check (status in ('active', 'revoked')),
  generation bigint not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index vault_credentials_by_workspace on vault_credentials (organization_id, workspace_id, id);

create table vault_credential_versions (
  credential_id text not null references vault_credentials (id) on delete cascade,
  version integer not null,
  valid_until timestamptz,
  primary key (credential_id, version)
);

create index vault_credential_versions_by_end on vault_credential_versions (valid_until) where valid_until is not null;

create table vault_credential_secrets (
  credential_id text not null,
  version integer not null,
  field text not null,
  sealed text not null,
  masked text not null,
  tenant_key_id text not null generated always as (split_part(sealed, '.', 2)) stored,
  key_version integer not null generated always as (split_part(sealed, '.', 3)::integer) stored,
  primary key (credential_id, version, field),
  foreign key (credential_id, version) references vault_credential_versions (credential_id, version) on delete cascade
);

-- The order in which a rewrap goes over an organisation's secrets.
create index vault_credential_secrets_by_key on vault_credential_secrets (tenant_key_id, credential_id, version, field);

-- How far the rewrap of a tenant key has come.
create table vault_rewraps (
  tenant_key_id text primary key references vault_tenant_keys (id),
  to_version integer not null,
  after_credential_id text not null,
  after_version integer not null,
  after_field text not null
);

-- One row, which every transaction that changes a credential or writes to the audit updates last: its lock puts them into one
-- order, and numbers become visible in that order.
create table vault_head (
  only_one boolean primary key default true check (only_one),
  -- Which database this is: a number of another one means nothing here.
  epoch text not null default gen_random_uuid()::text,
  revision bigint not null default 0,
  audit_sequence bigint not null default 0,
  audit_hash text not null default ''
);

insert into vault_head default values;

-- What gateways are told. Pruned from below.
create table vault_changes (
  revision bigint primary key,
  credential_id text not null,
  organization_id text not null,
  generation bigint not null,
  status text not null
);

-- Each row's hash covers the hash before it, so a row that was changed or taken out is seen. Rows never hold a secret.
create table vault_audit (
  sequence bigint primary key,
  line text not null,
  hash text not null,
  action text not null generated always as ((line::jsonb) ->> 'action') stored,
  organization_id text generated always as ((line::jsonb) ->> 'organizationId') stored,
  credential_id text generated always as ((line::jsonb) ->> 'credentialId') stored
);

create index vault_audit_by_credential on vault_audit (organization_id, credential_id, sequence);

create function vault_audit_is_append_only() returns trigger language plpgsql as $$
begin
  raise exception 'the audit of the vault is append-only';
end
$$;

create trigger vault_audit_is_append_only before update or delete or truncate on vault_audit
  for each statement execute function vault_audit_is_append_only();

-- Keys of the platform's own services: what API keys are digested under, and what the control plane seals with. Of each purpose the
-- highest position is current.
create table vault_service_keys (
  purpose text not null check (purpose in ('pepper', 'sealing')),
  position bigint not null,
  id text not null unique,
  sealed text not null,
  created_at timestamptz not null default now(),
  primary key (purpose, position)
);

-- One record for each organization that is opened from time to time, so that a lost key shows before it matters.
create table vault_canaries (
  organization_id text primary key references vault_tenant_keys (organization_id),
  -- Null when the organization's key did not open, so that none could be made.
  sealed text,
  is_readable boolean not null,
  tested_at timestamptz not null
);

-- Which instance does the work that one instance is enough for.
create table vault_leases (
  name text primary key,
  holder text not null,
  until timestamptz not null
);

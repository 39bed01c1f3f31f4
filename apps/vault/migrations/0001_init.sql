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

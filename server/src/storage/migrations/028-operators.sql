-- The people who run the server.
create table operators (
  id text primary key,
  email text not null unique,
  name text not null,
  role text not null check (role in ('viewer', 'operator', 'owner')),
  -- Null for all projects.
  projects text[],
  -- Whom the provider of OpenID Connect has named at the first sign-in there.
  open_id_issuer text,
  open_id_subject text,
  created_at timestamptz not null default clock_now(),
  last_seen_at timestamptz,
  unique (open_id_issuer, open_id_subject),
  check (role <> 'owner' or projects is null)
);

-- A row is deleted when it is used.
create table operator_links (
  token_hash bytea primary key,
  operator_id text not null references operators (id) on delete cascade,
  expires_at timestamptz not null
);
create index operator_links_operator on operator_links (operator_id);

create table operator_sessions (
  id text primary key,
  token_hash bytea not null unique,
  operator_id text not null references operators (id) on delete cascade,
  method text not null,
  -- False until the second factor was given, where the operator has one.
  is_complete boolean not null,
  -- Answers to the question for the second factor, each counted before it is looked at.
  answers smallint not null default 0,
  -- What the passkey that is asked for has to sign.
  passkey_challenge text,
  network text not null,
  user_agent text not null,
  created_at timestamptz not null default clock_now(),
  last_used_at timestamptz not null default clock_now(),
  expires_at timestamptz not null
);
create index operator_sessions_operator on operator_sessions (operator_id);

create table operator_passkeys (
  id text primary key,
  operator_id text not null references operators (id) on delete cascade,
  credential_id text not null unique,
  public_key bytea not null,
  counter bigint not null,
  transports text[] not null,
  name text not null,
  created_at timestamptz not null default clock_now(),
  last_used_at timestamptz
);
create index operator_passkeys_operator on operator_passkeys (operator_id);

-- A row is deleted when it is used.
create table operator_recovery_codes (
  operator_id text not null references operators (id) on delete cascade,
  code_hash bytea not null,
  primary key (operator_id, code_hash)
);

-- Authenticator apps, of operators as of whomever a project asks for their codes: `subject` says whose.
create table totp_authenticators (
  project_id text not null,
  subject text not null,
  sealed bytea not null,
  -- Null until its first code was given.
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  failures_in_row integer not null default 0,
  locked_until timestamptz,
  created_at timestamptz not null default clock_now(),
  primary key (project_id, subject)
);

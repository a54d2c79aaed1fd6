-- The one clock (V10). Tests replace this function to move time for every connection and node at once.
create function moment() returns timestamptz
  language sql volatile
  as 'select clock_timestamp()';

create table workspaces (
  id text primary key,
  created_at timestamptz not null default moment()
);

create table projects (
  id text primary key,
  workspace_id text not null references workspaces (id),
  name text not null,
  settings jsonb not null,
  created_at timestamptz not null default moment()
);
create index projects_workspace on projects (workspace_id);

-- Apart from projects, because every accepted send writes it. tokens_granted is null when they are unlimited.
create table quotas (
  project_id text primary key,
  tokens_granted bigint,
  tokens_used bigint not null default 0
) with (fillfactor = 50);

create table api_keys (
  id text primary key,
  workspace_id text not null references workspaces (id),
  name text not null,
  prefix text not null,
  hash bytea not null unique,
  scopes text[] not null,
  created_at timestamptz not null default moment(),
  expires_at timestamptz,
  revoked_at timestamptz,
  last_used_at timestamptz
);
create index api_keys_workspace on api_keys (workspace_id);

-- One address in one project. The address comes first, for the cap over all projects of a server reads them together.
create table recipients (
  address text not null,
  project_id text not null,
  sends timestamptz[] not null,
  failures timestamptz[] not null,
  failures_in_row smallint not null,
  locked_until timestamptz,
  updated_at timestamptz not null,
  primary key (address, project_id)
) with (fillfactor = 80);
create index recipients_stale on recipients using brin (updated_at);

-- Windows of limits that are exact over all nodes.
create table limits (
  project_id text not null,
  scope text not null,
  key text not null,
  started_at timestamptz not null,
  count integer not null,
  members text[] not null,
  primary key (project_id, scope, key)
) with (fillfactor = 50);

-- One code (or notice) for one address. The id begins with the second of its creation, so a day is a range of ids.
create table challenges (
  project_id text not null,
  id bytea not null,
  purpose text not null,
  channel text not null,
  address text not null,
  target text not null,
  record_id text,
  companion text,
  account_id bigint,
  content text not null,
  locale text not null,
  key_id text not null,
  tries smallint not null,
  tries_max smallint not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz,
  superseded_at timestamptz,
  spends_token boolean not null,
  delivery_state text not null,
  delivery_tries smallint not null default 0,
  leased_until timestamptz,
  primary key (project_id, id),
  check (octet_length(id) = 12),
  check (expires_at <= created_at + interval '10 minutes'),
  check (tries <= tries_max)
) partition by range (id);
create index challenges_address on challenges (project_id, address, id);
create index challenges_leases on challenges (leased_until) where delivery_state = 'queued';
create index challenges_spelling on challenges (project_id, target, id) where target <> address;

-- Each try of a message with a carrier.
create table messages (
  project_id text not null,
  challenge_id bytea not null,
  attempt smallint not null,
  carrier text not null,
  outcome text not null,
  detail text,
  carrier_message_id text,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  primary key (project_id, challenge_id, attempt)
) partition by range (challenge_id);

create table idempotency_keys (
  project_id text not null,
  key text not null,
  body_digest text not null,
  challenge_id bytea not null,
  created_at timestamptz not null,
  primary key (project_id, key)
);
create index idempotency_keys_age on idempotency_keys (created_at);

-- The next numbers of accounts and businesses, counted per project so that no sequence spans projects.
create table numbering (
  project_id text not null,
  subject text not null,
  last bigint not null,
  primary key (project_id, subject)
);

create table accounts (
  project_id text not null,
  id bigint not null,
  type text not null check (type in ('CITIZEN', 'USER', 'BUSINESS', 'AGENT')),
  email text,
  email_verified_at timestamptz,
  phone text,
  phone_verified_at timestamptz,
  first_name text,
  last_name text,
  full_name text,
  agent_code text,
  assigned_area text,
  is_active boolean not null default true,
  password_hash text,
  -- Counts replacements, so that a login which checked an older password opens nothing any more.
  password_version integer not null default 0,
  password_failures smallint not null default 0,
  password_locked_until timestamptz,
  -- The challenge of the newest registration of an address that is not yet proven: an older one stores nothing over it.
  registration_id bytea,
  created_at timestamptz not null default moment(),
  primary key (project_id, id)
);
-- An e-mail address has one account even before it is proven; a phone has one only once it is proven.
create unique index accounts_email on accounts (project_id, type, email) where email is not null;
create unique index accounts_phone on accounts (project_id, type, phone) where phone_verified_at is not null;
create index accounts_phone_claims on accounts (project_id, phone) where phone is not null;

create table businesses (
  project_id text not null,
  id bigint not null,
  name text not null,
  type text not null,
  is_verified boolean not null default false,
  primary key (project_id, id)
);

create table business_members (
  project_id text not null,
  business_id bigint not null,
  account_id bigint not null,
  primary key (project_id, business_id, account_id)
);

-- Consumed challenges that a later request turns into tokens, once.
create table proofs (
  project_id text not null,
  challenge_id bytea not null,
  purpose text not null,
  channel text not null,
  address text not null,
  companion text,
  account_id bigint,
  token_hash bytea not null,
  caller_hash bytea not null,
  proven_at timestamptz not null,
  expires_at timestamptz not null,
  spent_at timestamptz,
  primary key (project_id, challenge_id)
);
create index proofs_address on proofs (project_id, address, purpose);

-- A family of refresh tokens.
create table sessions (
  project_id text not null,
  id uuid not null,
  account_id bigint not null,
  label text,
  created_at timestamptz not null,
  last_used_at timestamptz not null,
  expires_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  primary key (project_id, id)
);
create index sessions_account on sessions (project_id, account_id) where ended_at is null;

create table refresh_tokens (
  project_id text not null,
  hash bytea not null,
  session_id uuid not null,
  created_at timestamptz not null,
  spent_at timestamptz,
  primary key (project_id, hash)
);
create index refresh_tokens_session on refresh_tokens (project_id, session_id);

-- Makes the daily partitions from yesterday to two days ahead; called at start and every hour. Not further, for every
-- statement that looks for a live challenge asks each partition from yesterday on.
create function ensure_partitions() returns void
  language plpgsql
  as $$
declare
  day date;
  suffix text;
  low text;
  high text;
begin
  perform pg_advisory_xact_lock(hashtext('watchword.partitions'));
  for offset_days in -1..2 loop
    day := (moment() at time zone 'UTC')::date + offset_days;
    suffix := to_char(day, 'YYYYMMDD');
    low := lpad(to_hex(extract(epoch from day)::bigint), 8, '0');
    high := lpad(to_hex(extract(epoch from day + 1)::bigint), 8, '0');
    if to_regclass('challenges_' || suffix) is null then
      execute format(
        'create table %I partition of challenges for values from (%L) to (%L) with (fillfactor = 85)',
        'challenges_' || suffix, '\x' || low, '\x' || high);
      execute format(
        'create table %I partition of messages for values from (%L) to (%L)',
        'messages_' || suffix, '\x' || low, '\x' || high);
    end if;
  end loop;
end
$$;

-- Drops whole days of records that ended before the given moment.
create function drop_partitions(before timestamptz) returns void
  language plpgsql
  as $$
declare
  part record;
begin
  perform pg_advisory_xact_lock(hashtext('watchword.partitions'));
  for part in
    select child.relname
    from pg_inherits
    join pg_class child on child.oid = inhrelid
    where inhparent in ('challenges'::regclass, 'messages'::regclass)
      and right(child.relname, 8) < to_char(before at time zone 'UTC', 'YYYYMMDD')
  loop
    execute format('drop table %I', part.relname);
  end loop;
end
$$;
